import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { openDuckdb } from '@tidewater/adapter-duckdb'
import { runFileOf, type Platform } from './platform.ts'
import { retailAnswersBySql, type RetailAnswers } from './retail-answers.ts'

type TextRow = Readonly<Record<string, string>>

/** A SELECT as any HTTP client would send it to ClickHouse; every value comes as text. */
export const clickhouseQuery = async (platform: Platform, sql: string): Promise<readonly TextRow[]> => {
  const { ports } = await runFileOf(platform.dir)
  const url = `http://127.0.0.1:${ports['clickhouse']}/?database=tidewater`
  const response = await fetch(url, { method: 'POST', body: `${sql} FORMAT JSONStringsEachRow` })
  const body = await response.text()
  if (!response.ok) throw new Error(body)
  return body
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as TextRow)
}

const PATIENCE_MS = 60_000

/** Waits until ClickHouse has as many raw rows as the log: what is asked then is asked of everything. */
export const clickhouseHasAll = async (platform: Platform, topic: string, raw: string): Promise<void> => {
  const { status } = await platform.graphql<{ status: { partitions: { topic: string; high: number }[] } }>(
    '{ status { partitions { topic high } } }',
  )
  const all = status.partitions.reduce((sum, one) => sum + (one.topic === topic ? one.high : 0), 0)
  const deadline = performance.now() + PATIENCE_MS
  for (;;) {
    const [row] = await clickhouseQuery(platform, `SELECT count() AS n FROM ${raw}`)
    if (Number(row?.['n']) >= all) return
    if (performance.now() > deadline)
      throw new Error(`ClickHouse has ${row?.['n']} of ${all} rows of ${topic}`)
    await sleep(250)
  }
}

export const clickhouseAnswers = async (platform: Platform): Promise<RetailAnswers> => {
  await clickhouseHasAll(platform, 'event.retail_sale', 'raw_retail_sale')
  return retailAnswersBySql((sql) => clickhouseQuery(platform, sql))
}

/** A SELECT on the published file, opened as a notebook would. */
export const notebookQuery = async (platform: Platform, sql: string): Promise<readonly TextRow[]> => {
  const { env } = await runFileOf(platform.dir)
  const path = join(env['PUBLISHED_DIR'] ?? '', 'tidewater.duckdb')
  const duckdb = await openDuckdb({ path, readOnly: true, threads: 2 })
  try {
    return await duckdb.query<Record<string, string>>(sql)
  } finally {
    await duckdb.close()
  }
}

export const notebookAnswers = (platform: Platform): Promise<RetailAnswers> =>
  retailAnswersBySql((sql) => notebookQuery(platform, sql))
