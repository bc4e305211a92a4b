import { clickhouse as dialect } from '@tidewater/expr'
import { liveViewSql, type ViewSql } from '@tidewater/plan'
import type { GenerationRecord } from '@tidewater/ports'
import { endsOfCuts } from '@tidewater/rows'
import { snakeCase, sqlNameOf, topicOf } from 'tidewater'
import type { Clickhouse } from '../open-clickhouse.ts'
import { rawOf, published, slotsOf } from './names.ts'

/**
 * Replaces a view and its twin `<view>_at(as_of = …)` by ones that name this generation and its cuts (semantics Q1); null: no
 * generation has the view as it is defined now, so all of it is computed from the raw rows. Each replacement is one atomic
 * step; queries that have begun end on the old tables.
 */
export const replaceView = async (
  clickhouse: Clickhouse,
  view: ViewSql,
  generation: Pick<GenerationRecord, 'number' | 'id' | 'cuts'> | null,
): Promise<void> => {
  const name = sqlNameOf(view.view.name)
  const raw = rawOf(view.event.name)
  const live = {
    slots: generation === null ? null : slotsOf(view.view.name, generation.id),
    raw,
    cut: endsOfCuts(topicOf(view.event.name), generation?.cuts ?? []),
    generation: generation?.number ?? 0,
  }
  const select = (asOf: string): string => liveViewSql(view, dialect, { ...live, asOf })
  const comment = dialect.text(
    `${view.view.doc ?? `View ${view.view.name}.`} Times are UTC. Live: the newest generation and every raw row behind it.`,
  )
  await clickhouse.execute(
    `CREATE OR REPLACE VIEW ${published(name)} AS ${select(nowOf(view, raw))} COMMENT ${comment}`,
  )
  const given = `toUnixTimestamp64Milli({as_of:DateTime64(3, 'UTC')})`
  await clickhouse.execute(
    `CREATE OR REPLACE VIEW ${published(`${name}_at`)} AS ${select(given)} COMMENT ${comment}`,
  )
}

const nowOf = ({ view, event }: ViewSql, raw: string): string =>
  view.clock === 'wall'
    ? 'toUnixTimestamp64Milli(now64(3))'
    : `(SELECT toUnixTimestamp64Milli(max(${dialect.identifier(snakeCase(event.time))})) FROM ${raw})`
