import { isPlatformError } from '@tidewater/base'
import type { World } from '@tidewater/testing/simulated'
import type { ServingPart } from '@tidewater/platform/parts'
import { ALL_WINDOWS, type ServedRow } from '@tidewater/ports'
import { type DocumentNode, execute, GraphQLError, parse } from 'graphql'
import { createChecks, type Answered } from './checks.ts'
import type { Counts } from './counts.ts'
import type { Crew, Member } from './crew.ts'
import type { Version } from './definitions.ts'
import type { Joined } from './joined.ts'
import type { Measured } from './oracle.ts'
import type { Retention } from './retention.ts'
import type { Traffic } from './traffic.ts'

/** Asks questions of serving and compares every answer with the truth at the answer's own offsets. */
export interface Readers {
  ask(): void
  /** All of every view now, with nothing missing; answers what is wrong. */
  readAll(): Promise<string | null>
  /** The store was lost: whatever was shown before must not silently be missing. */
  storeLost(): void
}

interface Scene {
  readonly world: World
  readonly traffic: Traffic
  readonly joined: Joined
  readonly retention: Retention
  readonly crew: Crew
  readonly counts: Counts
}

export const createReaders = (scene: Scene, wrong: (why: string) => void): Readers => {
  const { world, traffic, retention, crew, counts } = scene
  const checks = createChecks(scene)
  const { random, time } = world
  const question = (part: ServingPart, { catalog }: Version): (() => Promise<Answered>) => {
    const view = random.pick([...catalog.views.keys()])
    if (view === 'ByShop' && random.chance(0.6)) {
      const key = random.pick(traffic.shops)
      return () => askRow(part, key)
    }
    return () => readWhole(part, view)
  }
  const judge = async (member: Member, part: ServingPart, ask: () => Promise<Answered>): Promise<void> => {
    const began = time.now()
    const floor = checks.shown()
    // A newer version may be on its way before this one has answered.
    const { version } = member
    try {
      const answer = await ask()
      counts.add('reads')
      const why = checks.judge(answer, version, began, floor)
      if (why !== null)
        wrong(`${member.host.process.name} at ${Math.round(time.now())} ms, ${answer.view}: ${why}`)
    } catch (error) {
      if (!isPlatformError(error)) throw error
      counts.add(`refused_${error.code}`)
    }
  }
  return {
    ask: () => {
      const found = crew.serving()
      if (found === null) return
      const { member, part } = found
      judge(member, part, question(part, member.version)).catch((error: unknown) =>
        wrong(`a question broke: ${error instanceof Error ? (error.stack ?? '') : String(error)}`),
      )
    },
    readAll: async () => {
      const found = crew.serving()
      if (found === null) return 'nobody serves'
      const { member, part } = found
      const asks = [
        ...[...member.version.catalog.views.keys()].map((view) => () => readWhole(part, view)),
        ...traffic.shops.map((shop) => () => askRow(part, shop)),
      ]
      for (const ask of asks) {
        const began = time.now()
        const answer = await ask().catch((error: unknown) => {
          if (isPlatformError(error) && error.code === 'NOT_READY' && retention.isShortAnywhere) return null
          throw error
        })
        counts.add(answer === null ? 'final_refusals' : 'final_reads')
        if (answer === null) continue
        const why = checks.judge(answer, member.version, began, checks.shown()) ?? checks.whole(answer)
        if (why !== null) return `in the end, ${answer.view}: ${why}`
      }
      return null
    },
    storeLost: () => checks.storeLost(),
  }
}

const readWhole = async ({ serving }: ServingPart, view: string): Promise<Answered> => {
  const { rows, offsets, asOf, degraded } = await serving.reader.readList(view, ALL_WINDOWS)
  return {
    ...{ view, offsets, asOf, degraded, lagMs: null, key: null },
    rows: new Map(rows.map((row) => [nameOf(row), row.measures as Measured])),
  }
}

const nameOf = ({ start, keys }: ServedRow): string => JSON.stringify([start, Object.values(keys)[0] ?? null])

const FRESHNESS = 'freshness { asOf degraded lagMs offsets { partition next } }'
const SHOP_MEASURES =
  'sales units amount least most weight gifts lastKind firstUnits lately before sitting buyers'
const ROW = parse(`query ($shop: ID!) {
  byShop(shop: $shop) { ${SHOP_MEASURES} ${FRESHNESS} }
  byShopList(shops: [$shop], first: 1) { ${FRESHNESS} }
}`)

interface ShownFreshness {
  readonly asOf: string
  readonly degraded: readonly string[]
  readonly lagMs: number
  readonly offsets: readonly { readonly partition: number; readonly next: number }[]
}
type ShownRow = Readonly<Record<string, string | number | null>> & { readonly freshness: ShownFreshness }

const askRow = async (part: ServingPart, shop: string): Promise<Answered> => {
  const data = await ask<{ byShop: ShownRow | null; byShopList: { freshness: ShownFreshness } }>(part, ROW, {
    shop,
  })
  const { freshness } = data.byShop ?? data.byShopList
  return {
    view: 'ByShop',
    key: shop,
    rows: new Map(data.byShop === null ? [] : [[JSON.stringify([null, shop]), measuredOf(data.byShop)]]),
    offsets: freshness.offsets.map(({ partition, next }) => ({ topic: '', partition, next })),
    asOf: Date.parse(freshness.asOf),
    degraded: freshness.degraded,
    lagMs: freshness.lagMs,
  }
}

/** Decimals are shown as text. */
const measuredOf = ({ freshness: _, ...row }: ShownRow): Measured => ({
  ...row,
  amount: centsOf(row['amount'] ?? null),
  least: centsOf(row['least'] ?? null),
})

const centsOf = (shown: string | number | null): number | null =>
  shown === null ? null : Math.round(Number(shown) * 100)

const ask = async <T>({ serving }: ServingPart, document: DocumentNode, variables: object): Promise<T> => {
  const { data, errors } = await execute({
    schema: serving.schema,
    document,
    variableValues: { ...variables },
    contextValue: { operation: serving.begin() },
  })
  const [first] = errors ?? []
  if (first instanceof GraphQLError) throw first.originalError ?? first
  return data as T
}
