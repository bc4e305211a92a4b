import { loadCatalog } from '@tidewater/runtime'
import { expect, it } from 'vitest'
import { sourcesOf } from './sources.ts'

const catalog = await loadCatalog({ dirs: [] })

it('the sources of pipelines send events of the catalog, at about the rate asked for', () => {
  const all = ['ads', 'commerce', 'markets', 'sensors', 'social', 'web-security']
  const sources = sourcesOf(all, catalog)
  expect([...new Set(sources.map(({ pipeline }) => pipeline))]).toEqual(all)
  // how many clicks there are follows from the impressions
  for (const { start } of sources.filter(({ event }) => event !== 'Click')) {
    const now = Date.UTC(2026, 0, 5, 10)
    const sent = start({ seed: 1, now, rate: 10 }, catalog)
    const times = Array.from({ length: 3_000 }, () => sent.next().value.sendAt)
    const seconds = ((times.at(-1) ?? now) - now) / 1_000
    expect(3_000 / seconds).toSatisfy((rate: number) => rate > 5 && rate < 20)
  }
})

it('a pipeline whose event is not there sends nothing; one that has no traffic is refused with the nearest name', () => {
  expect(sourcesOf(['social'], { ...catalog, events: new Map() })).toEqual([])
  expect(sourcesOf([], catalog)).toEqual([])
  expect(() => sourcesOf(['sensor'], catalog)).toThrow(
    "TRAFFIC: there is no traffic of 'sensor' (did you mean 'sensors'?)",
  )
})
