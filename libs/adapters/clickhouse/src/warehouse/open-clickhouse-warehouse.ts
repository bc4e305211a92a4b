import { setTimeout as sleep } from 'node:timers/promises'
import { PlatformError } from '@tidewater/base'
import { clickhouse as dialect } from '@tidewater/expr'
import { keylessSql, slotRowOf, slotsSql, type SlotRow, type ViewSql } from '@tidewater/plan'
import {
  numberOfGeneration,
  type BuiltView,
  type GenerationPlan,
  type Lake,
  type RawTables,
  type Warehouse,
} from '@tidewater/ports'
import { endsOfCuts, isBelowSql } from '@tidewater/rows'
import { fingerprintOf, snakeCase, SQL_INTERNAL, topicOf } from 'tidewater'
import type { Catalog, EventDefinition, ViewDefinition } from 'tidewater'
import type { Clickhouse } from '../open-clickhouse.ts'
import { showCatalog, showGenerations } from './describe.ts'
import { replaceView } from './live-views.ts'
import { rawOf, slotsNameOf, slotsOf, viewSqlsOf } from './names.ts'
import { ensureTable } from './table-content.ts'

export interface ClickhouseWarehouseOptions {
  readonly clickhouse: Clickhouse
  readonly raw: RawTables
  readonly lake: Pick<Lake, 'generations' | 'reconcileNotes'>
  readonly catalog: Catalog
  /** How long to wait for the archive to load rows without seeing any arrive, ms. */
  readonly patienceMs: number
}

/** Generations as tables of state in `tidewater_internal`, shown as live views in `tidewater`. */
export const openClickhouseWarehouse = (options: ClickhouseWarehouseOptions): Warehouse => {
  const { clickhouse, raw, catalog, lake } = options
  const views = viewSqlsOf(catalog)
  const prepare = async (): Promise<void> => {
    await raw.prepare([...catalog.events.values()], 'refuse')
    for (const table of catalog.tables.values())
      await ensureTable(clickhouse, table, catalog.contents.get(table.name))
  }
  const showNotes = async (): Promise<void> =>
    showGenerations(clickhouse, await lake.generations(), await lake.reconcileNotes())
  /** A generation's tables, each with the definition its state is of. */
  const tablesOf = async (id: string): Promise<ReadonlyMap<string, string>> => {
    const rows = await clickhouse.query<{ name: string; comment: string }>(
      `SELECT name, comment FROM system.tables WHERE database = '${SQL_INTERNAL}' AND endsWith(name, ${dialect.text(`_slots_${id}`)})`,
    )
    return new Map(rows.map(({ name, comment }) => [name, comment]))
  }
  const definedAs = (view: ViewDefinition): string => `definition ${fingerprintOf(view, catalog)}`

  return {
    name: 'clickhouse',
    build: async (plan, progress) => {
      await prepare()
      // A table has its name only when it is filled.
      const held = await tablesOf(plan.id)
      const planned = views.filter(({ view }) => plan.views.includes(view.name))
      const isHeld = ({ view }: ViewSql): boolean => held.has(slotsNameOf(view.name, plan.id))
      if (!planned.every(isHeld)) await awaitRows(options, plan)
      const built: BuiltView[] = []
      for (const [index, view] of planned.entries()) {
        if (!isHeld(view))
          await clickhouse.execute(await buildSql(clickhouse, view, plan, definedAs(view.view)))
        const [row] = await clickhouse.query<{ slots: number }>(
          `SELECT toInt64(count()) AS slots FROM ${slotsOf(view.view.name, plan.id)}`,
        )
        // Its raw rows may have gone since it was built.
        const keyless = isHeld(view) ? null : await countKeyless(clickhouse, view, plan)
        built.push({ view: view.view.name, slots: row?.slots ?? 0, keyless })
        progress((index + 1) / planned.length)
      }
      return built
    },
    holds: async (id, names) => {
      const tables = await tablesOf(id)
      return names.every((name) => tables.has(slotsNameOf(name, id)))
    },
    slots: (id, view, partition) => readSlots(clickhouse, views, id, view, partition),
    publish: async (generation) => {
      await prepare()
      const tables = generation === null ? null : await tablesOf(generation.id)
      for (const view of views) {
        // The generation may be of another definition of this name.
        const name = slotsNameOf(view.view.name, generation?.id ?? '')
        const isOurs = tables?.get(name) === definedAs(view.view)
        await replaceView(clickhouse, view, isOurs ? generation : null)
      }
      await showCatalog(clickhouse, catalog, views)
      await showNotes()
    },
    showNotes,
    retire: (kept) => dropSlots(clickhouse, kept),
    close: () => clickhouse.close(),
  }
}

/** The rows of an event below the cuts, each id once. */
const sourceOf = (event: EventDefinition, plan: GenerationPlan): string => {
  const below = isBelowSql(endsOfCuts(topicOf(event.name), plan.cuts))
  return `(SELECT * FROM ${rawOf(event.name)} WHERE _dup = 0 AND ${below})`
}

const buildSql = async (
  clickhouse: Clickhouse,
  view: ViewSql,
  plan: GenerationPlan,
  comment: string,
): Promise<string> => {
  const source = sourceOf(view.event, plan)
  const time = dialect.fromColumn({ kind: 'instant' }, dialect.identifier(snakeCase(view.event.time)))
  const [row] = await clickhouse.query<{ newest: number }>(`SELECT max(${time}) AS newest FROM ${source}`)
  const order = ['_bucket', '_partition', ...view.layout.stateKeys.map((key) => key.column)].join(', ')
  return `CREATE OR REPLACE TABLE ${slotsOf(view.view.name, plan.id)} ENGINE = MergeTree ORDER BY (${order}) SETTINGS allow_nullable_key = 1
COMMENT ${dialect.text(comment)}
AS ${slotsSql(view, dialect, { source, newest: `toInt64(${row?.newest ?? 0})` })}`
}

const countKeyless = async (clickhouse: Clickhouse, view: ViewSql, plan: GenerationPlan): Promise<number> => {
  const counted = keylessSql(view, dialect, sourceOf(view.event, plan))
  if (counted === null) return 0
  const [row] = await clickhouse.query<{ n: number }>(counted)
  return row?.n ?? 0
}

const POLL_MS = 500

/** The archive loads its entries beside us: wait until all that are below the cut are in. */
const awaitRows = async (
  { raw, catalog, patienceMs }: ClickhouseWarehouseOptions,
  plan: GenerationPlan,
): Promise<void> => {
  const events = new Map([...catalog.events.values()].map((event) => [topicOf(event.name), event]))
  let progress = -1
  let waited = 0
  for (;;) {
    let missing = 0
    let total = 0
    for (const { topic, partition, rows } of plan.archived) {
      const event = events.get(topic)
      const loaded = event === undefined ? rows : (await raw.loaded(event, partition)).rows
      total += loaded
      missing += Math.max(0, rows - loaded)
    }
    if (missing === 0) return
    waited = total > progress ? 0 : waited + POLL_MS
    progress = total
    if (waited > patienceMs)
      throw new PlatformError(
        'UNAVAILABLE',
        `ClickHouse lacks ${missing} archived rows and none arrive`,
        'look at the log of the archive worker',
      )
    await sleep(POLL_MS)
  }
}

async function* readSlots(
  clickhouse: Clickhouse,
  views: readonly ViewSql[],
  id: string,
  name: string,
  partition: number,
): AsyncGenerator<readonly SlotRow[]> {
  const view = views.find((candidate) => candidate.view.name === name)
  if (view === undefined) throw new Error(`no view ${name}`)
  const order = ['_bucket', ...view.layout.stateKeys.map((key) => key.column)].join(', ')
  const chunks = clickhouse.stream(
    `SELECT * FROM ${slotsOf(name, id)} WHERE _partition = ${partition} ORDER BY ${order}`,
  )
  for await (const chunk of chunks) yield chunk.map((row) => slotRowOf(view.layout, row))
}

/** Tables of older generations go at once, those nobody has named yet after an hour: another worker may be about to. */
const dropSlots = async (clickhouse: Clickhouse, kept: readonly string[]): Promise<number> => {
  const tables = await clickhouse.query<{ name: string; old: number }>(
    `SELECT name, toInt32(metadata_modification_time < now() - INTERVAL 1 HOUR) AS old FROM system.tables
    WHERE database = '${SQL_INTERNAL}' AND match(name, '_slots_g[0-9]+-')`,
  )
  const oldest = Math.min(...kept.map(numberOfGeneration))
  let dropped = 0
  for (const { name, old } of tables) {
    const id = /_slots_(g\d+-.+)$/.exec(name)?.[1]
    if (id === undefined || kept.includes(id) || (numberOfGeneration(id) >= oldest && old === 0)) continue
    await clickhouse.execute(`DROP TABLE IF EXISTS ${SQL_INTERNAL}.${dialect.identifier(name)}`)
    dropped++
  }
  return dropped
}
