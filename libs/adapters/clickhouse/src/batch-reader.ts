import { PlatformError } from '@tidewater/base'
import { clickhouse as dialect } from '@tidewater/expr'
import { countRowsSql, joinedRowsSql } from '@tidewater/merge'
import { slotRowOf } from '@tidewater/plan'
import type { ViewSql } from '@tidewater/plan'
import type { BatchReader, SqlRow } from '@tidewater/ports'
import type { Catalog } from 'tidewater'
import { isOfServer } from './is-of-server.ts'
import type { Clickhouse } from './open-clickhouse.ts'
import { slotsOf, viewSqlsOf } from './warehouse/names.ts'

export interface ClickhouseBatchReaderOptions {
  readonly clickhouse: Pick<Clickhouse, 'stream' | 'close'>
  readonly catalog: Catalog
  /** Past moments are recomputed from the lake's files. */
  readonly history: Pick<BatchReader, 'history' | 'close'>
}

/** Answers serving from the generations' slots tables in ClickHouse. */
export const openClickhouseBatchReader = ({
  clickhouse,
  catalog,
  history,
}: ClickhouseBatchReaderOptions): BatchReader => {
  const views = new Map(viewSqlsOf(catalog).map((view) => [view.view.name, view]))
  const viewNamed = (name: string): ViewSql => {
    const view = views.get(name)
    if (view === undefined) throw new Error(`no view ${name}`)
    return view
  }
  async function* stream(generation: string, sql: string): AsyncGenerator<readonly SqlRow[]> {
    try {
      yield* clickhouse.stream(sql)
    } catch (error) {
      if (!isOfServer(error)) throw error
      throw new PlatformError(
        'NOT_READY',
        `ClickHouse does not answer for generation ${generation}: ${error.message}`,
        'ask again; `tidewater generation` builds a new one',
      )
    }
  }
  return {
    slots: async function* ({ generation, view: name, from, to }) {
      const view = viewNamed(name)
      const within = `_bucket >= toInt64(${Math.trunc(from)}) AND _bucket < toInt64(${Math.trunc(to)})`
      const sql = `SELECT * FROM ${slotsOf(name, generation)} WHERE ${within} ORDER BY _bucket`
      for await (const rows of stream(generation, sql)) yield rows.map((row) => slotRowOf(view.layout, row))
    },
    joined: {
      rows: async function* ({ generation, view: name, rows: asked }) {
        const view = viewNamed(name)
        const sql = joinedRowsSql(view, dialect, slotsOf(name, generation), asked)
        for await (const rows of stream(generation, sql)) yield rows.map((row) => slotRowOf(view.layout, row))
      },
      count: async ({ generation, view: name, rows: asked }) => {
        const sql = countRowsSql(viewNamed(name), dialect, slotsOf(name, generation), asked)
        let count = 0
        for await (const rows of stream(generation, sql)) count = Number(rows[0]?.['rows'])
        return count
      },
    },
    history: (query) => history.history(query),
    close: async () => {
      await Promise.all([history.close(), clickhouse.close()])
    },
  }
}
