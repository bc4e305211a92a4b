import { clickhouse as dialect } from '@tidewater/expr'
import { liveViewSql, type ViewSql } from '@tidewater/plan'
import type { GenerationRecord } from '@tidewater/ports'
import { endsOfCuts } from '@tidewater/rows'
import { snakeCase, sqlNameOf, topicOf } from 'tidewater'
import type { Clickhouse } from '../open-clickhouse.ts'
import { rawOf, shown, slotsOf } from './names.ts'

/** What a view shows: the generation's state of it, or none when the generation does not have it. */
export interface LiveSource {
  readonly generation: Pick<GenerationRecord, 'number' | 'id' | 'cuts'>
  readonly slots: 'of the generation' | 'none'
}

/**
 * Replaces a view and its twin `<view>_at(as_of = …)` by ones that name this generation and its cuts (semantics Q1).
 * Each replacement is one atomic step; queries that have begun end on the old tables.
 */
export const showView = async (
  clickhouse: Clickhouse,
  view: ViewSql,
  { generation, slots }: LiveSource,
): Promise<void> => {
  const name = sqlNameOf(view.view.name)
  const raw = rawOf(view.event.name)
  const cut = endsOfCuts(topicOf(view.event.name), slots === 'none' ? [] : generation.cuts)
  const select = (asOf: string): string =>
    liveViewSql(view, dialect, {
      slots: slots === 'none' ? null : slotsOf(view.view.name, generation.id),
      raw,
      cut,
      generation: slots === 'none' ? 0 : generation.number,
      asOf,
    })
  const comment = dialect.text(
    `${view.view.doc ?? `View ${view.view.name}.`} Times are UTC. Live: the newest generation and every raw row behind it.`,
  )
  await clickhouse.execute(
    `CREATE OR REPLACE VIEW ${shown(name)} AS ${select(nowOf(view, raw))} COMMENT ${comment}`,
  )
  const given = `toUnixTimestamp64Milli({as_of:DateTime64(3, 'UTC')})`
  await clickhouse.execute(
    `CREATE OR REPLACE VIEW ${shown(`${name}_at`)} AS ${select(given)} COMMENT ${comment}`,
  )
}

const nowOf = ({ view, event }: ViewSql, raw: string): string =>
  view.clock === 'wall'
    ? 'toUnixTimestamp64Milli(now64(3))'
    : `(SELECT toUnixTimestamp64Milli(max(${dialect.identifier(snakeCase(event.time))})) FROM ${raw})`
