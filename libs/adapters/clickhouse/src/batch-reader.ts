import { PlatformError } from '@tidewater/base'
import { slotRowOf } from '@tidewater/plan'
import type { BatchReader } from '@tidewater/ports'
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
  return {
    slots: async function* ({ generation, view: name, from, to }) {
      const view = views.get(name)
      if (view === undefined) throw new Error(`no view ${name}`)
      const within = `_bucket >= toInt64(${Math.trunc(from)}) AND _bucket < toInt64(${Math.trunc(to)})`
      const sql = `SELECT * FROM ${slotsOf(name, generation)} WHERE ${within} ORDER BY _bucket`
      try {
        for await (const rows of clickhouse.stream(sql)) yield rows.map((row) => slotRowOf(view.layout, row))
      } catch (error) {
        if (!isOfServer(error)) throw error
        throw new PlatformError(
          'NOT_READY',
          `ClickHouse does not answer for generation ${generation}: ${error.message}`,
          'ask again; `tidewater generation` builds a new one',
        )
      }
    },
    history: (query) => history.history(query),
    close: async () => {
      await Promise.all([history.close(), clickhouse.close()])
    },
  }
}
