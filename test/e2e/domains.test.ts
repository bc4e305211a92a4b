import { freePort } from '@tidewater/stack'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { blocksOf, type Block } from '../docs/blocks.ts'
import { createDocsReader, type DocsReader } from '../docs/reader.ts'
import { bySql, byGraphql, differences, FIGURES, type Figures } from './domains.ts'
import { hasRealData, openRaw, REAL_FILES, truth } from './domains-raw.ts'
import { notebookQuery } from './retail-sql.ts'

const PAGES = ['web-security', 'sensors', 'social', 'markets'].map((name) => `pipelines/${name}/README.md`)
const blocks = PAGES.flatMap(blocksOf).filter(({ note }) => note === 'real')

const typed = (text: string): Block => ({
  ...{ page: 'domains.test.ts', line: 1, language: 'sh', note: '', text, expected: null },
})

describe.skipIf(!hasRealData)('real data of every domain (skipped where ../shared/data is not there)', () => {
  let reader: DocsReader
  let raw: Awaited<ReturnType<typeof openRaw>>
  beforeAll(async () => {
    raw = await openRaw()
    reader = await createDocsReader(REAL_FILES)
    await reader.follow(typed(`npm start -- --memory --port ${await freePort()}`))
  })
  afterAll(async () => {
    await reader.leave()
    await raw.close()
  })

  it.each(blocks.map((block) => [`${block.page}:${block.line}`, block] as const))(
    '%s is as the page shows',
    (_, block) => reader.follow(block),
  )

  it('comes to what is known of the files', async () => {
    const { 'web_access.log.gz': log, 'wiki_edits_2015-09-12_h00-h15.jsonl.gz': edits } = truth()
    type Rows<R> = { readonly rows: readonly R[] }
    const answer = await reader.platform().graphql<{
      days: Rows<{ requests: number; bytes: number }>
      all: Rows<{ bytes: number; topPaths: readonly { key: string; value: number }[] }>
      hours: Rows<{ edits: number; added: number }>
    }>(`{
      days: requestsByHour(from: "2015-05-17", to: "2015-05-21", every: "1d", orderBy: [{ start: ASC }]) {
        rows { requests bytes }
      }
      all: requestsByHour(from: "2015-05-17", to: "2015-05-21", every: "all") { rows { bytes topPaths { key value } } }
      hours: topByHour(from: "2015-09-12", to: "2015-09-13", orderBy: [{ start: ASC }]) { rows { edits added } }
    }`)
    expect(answer.days.rows.map(({ requests }) => requests)).toEqual(log.by_day.map(([, count]) => count))
    expect(answer.all.rows[0]?.bytes).toBe(log.bytes_sent)
    const paths = answer.all.rows[0]?.topPaths ?? []
    expect(paths.map(({ key }) => key)).toEqual(log.top5_paths.map(([path]) => path))
    // Stated: a count of share p of all is off by 2.3 % × √p of all (standard error).
    log.top5_paths.forEach(([, count], i) =>
      expect(Math.abs((paths[i]?.value ?? 0) - count)).toBeLessThan(
        4 * 0.023 * Math.sqrt(count / 10_000) * 10_000,
      ),
    )
    const hours = edits.by_hour.map(([, count, added]) => ({ edits: count, added }))
    expect(answer.hours.rows).toEqual(hours)
  })

  /** Asked until it fits: a list may be refused while the machine is busy. */
  const expectFigures = async (
    figures: Figures,
    wanted: Awaited<ReturnType<typeof bySql>>,
  ): Promise<void> => {
    const off = async () => differences(figures, await byGraphql(reader.platform(), figures), wanted)
    await expect.poll(off, { timeout: 20_000 }).toEqual([])
  }

  it.each(FIGURES.map((figures) => [figures.what, figures] as const))(
    '%s: as in the raw file',
    async (_, figures) => {
      const wanted = await bySql(raw.query, figures.raw)
      expect(wanted.length).toBeGreaterThan(0)
      await expectFigures(figures, wanted)
    },
  )

  it('is the same from the batch layer and in its DuckDB file', async () => {
    const platform = reader.platform()
    await platform.cli('generation')
    for (const figures of FIGURES) {
      const wanted = await bySql(raw.query, figures.raw)
      await expectFigures(figures, wanted)
      const published = await bySql((sql) => notebookQuery(platform, sql), figures.published)
      expect(differences(figures, published, wanted)).toEqual([])
    }
  })
})
