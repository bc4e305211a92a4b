import { setTimeout as sleep } from 'node:timers/promises'
import { PlatformError } from '@tidewater/base'
import { type EncodedRow, type RowEncoder, isBroken } from './encode-row.ts'
import type { KnownIds } from './known-ids.ts'
import { createSender } from './sender.ts'
import type { End, IntakeClient } from './intake-client.ts'
import type { OpenFile } from './open-file.ts'

export interface LoadPlan {
  readonly event: string
  readonly file: OpenFile
  readonly encode: RowEncoder
  readonly client: IntakeClient
  readonly known: KnownIds
  /** Share of broken rows that stops the load, 0 to 1. */
  readonly maxErrors: number
  /** Rows taken at most. */
  readonly limit: number
  /** Times the original pace, by event time; null: as fast as it goes. */
  readonly speed: number | null
  readonly onProgress: (counts: LoadCounts) => void
}

export interface LoadCounts {
  readonly read: number
  readonly sent: number
  readonly duplicates: number
  readonly broken: number
}

export interface LoadResult extends LoadCounts {
  readonly ends: readonly End[]
  readonly firstTime: number | null
  readonly lastTime: number | null
  /** The first few, as 'line 7: quantity: "x" is not a number'. */
  readonly examples: readonly string[]
}

/** Rows that are looked up in the lake together. */
const CHUNK_ROWS = 20_000
/** Below this many rows a share says little. */
const JUDGED_FROM = 1_000
const EARLY_MS = 50

/** Sends a file's rows to the door: known ones left out, broken ones to the dead letters with their line. */
export const loadFile = async (plan: LoadPlan): Promise<LoadResult> => {
  const sender = createSender(plan.client, plan.event, plan.file.name)
  const pace = plan.speed === null ? null : pacer(plan.speed)
  let [read, duplicates, broken] = [0, 0, 0]
  let firstTime: number | null = null
  let lastTime: number | null = null
  let chunk: EncodedRow[] = []
  const counts = (): LoadCounts => ({
    read,
    sent: sender.accepted(),
    duplicates,
    broken: broken + sender.rejected(),
  })
  const flush = async (): Promise<void> => {
    const rows = chunk
    chunk = []
    if (rows.length === 0) return
    const known = await plan.known.known(rows.map(({ id }) => id))
    const fresh = known.size === 0 ? rows : rows.filter(({ id }) => !known.has(id))
    duplicates += rows.length - fresh.length
    await sender.send(fresh)
    plan.onProgress(counts())
  }
  for await (const row of plan.file.rows) {
    if (read >= plan.limit) break
    read++
    const encoded = plan.encode(row)
    if (isBroken(encoded)) {
      broken++
      await sender.keepDead(encoded)
    } else {
      const early = pace?.(encoded.time) ?? 0
      if (early > EARLY_MS) {
        await flush()
        await sender.settled()
        await sleep(early)
      }
      chunk.push(encoded)
      firstTime = Math.min(firstTime ?? encoded.time, encoded.time)
      lastTime = Math.max(lastTime ?? encoded.time, encoded.time)
    }
    if (chunk.length >= CHUNK_ROWS) await flush()
    if (read % JUDGED_FROM === 0) {
      plan.onProgress(counts())
      if (counts().broken > plan.maxErrors * read) break
    }
  }
  await flush()
  await sender.settled()
  const result = { ...counts(), ends: sender.ends(), firstTime, lastTime, examples: sender.examples() }
  if (read >= JUDGED_FROM && result.broken > plan.maxErrors * read) throw tooManyBroken(plan, result)
  return result
}

/** Milliseconds that an event of time `ms` is early; 0 when it is due. The first event sets the clock. */
const pacer = (speed: number): ((ms: number) => number) => {
  let origin: { readonly event: number; readonly wall: number } | null = null
  return (ms) => {
    origin ??= { event: ms, wall: performance.now() }
    return Math.max(0, origin.wall + (ms - origin.event) / speed - performance.now())
  }
}

const tooManyBroken = (plan: LoadPlan, { broken, read, sent, examples }: LoadResult): PlatformError => {
  const share = `${((broken / read) * 100).toFixed(1)} %`
  return new PlatformError(
    'BAD_INPUT',
    `Stopped after ${read} rows: ${broken} of them (${share}) are broken, more than --max-errors ${plan.maxErrors * 100}%\n  ${examples.join('\n  ')}\n${sent} good ones are loaded`,
    'correct --map, --time-format, --decimal or the file, and load it again: only what is missing is added',
    plan.file.name,
  )
}
