import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { blocksOf } from './blocks.ts'
import { createDocsReader, type DocsReader } from './reader.ts'

// Followed in this order by one reader on one platform, as a newcomer would.
const PAGES = [
  'README.md',
  'docs/1-the-walk.md',
  'docs/console.md',
  'docs/2-your-first-pipeline.md',
  'pipelines/retail/README.md',
  'pipelines/commerce/README.md',
  'pipelines/web-security/README.md',
  'pipelines/sensors/README.md',
  'pipelines/social/README.md',
  'pipelines/markets/README.md',
  'pipelines/ads/README.md',
  'docs/3-the-seam.md',
]

/** This very run. */
const isThisTest = (text: string): boolean => text.trim() === 'npm test'

/** Of files that no clone has: followed by test/e2e/domains.test.ts, on a platform without any other rows. */
const isOfRealData = (note: string): boolean => note === 'real'

let reader: DocsReader

describe('the pages, followed from the first line to the last', () => {
  beforeAll(async () => {
    reader = await createDocsReader()
  })
  afterAll(() => reader.leave())

  const blocks = PAGES.flatMap(blocksOf).filter(({ text, note }) => !isThisTest(text) && !isOfRealData(note))

  it.each(
    blocks.map(
      (block) =>
        [`${block.page}:${block.line} ${block.language} ${block.text.split('\n')[0]}`, block] as const,
    ),
  )('%s', (_, block) => reader.follow(block), 180_000)
})

describe('the pages', () => {
  it('know only blocks that are tried, shown or said', () => {
    const known = ['sh', 'graphql', 'ts']
    expect(PAGES.flatMap(blocksOf).filter(({ language }) => !known.includes(language))).toEqual([])
  })
})
