import { compileDecoder, isRejected } from '@tidewater/engine-ingest'
import { loadCatalog } from '@tidewater/runtime'
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { clicks, traffic as impressions } from './ads/traffic.ts'
import { traffic as markets } from './markets/traffic.ts'
import type { Sent, TrafficOptions } from './sent.ts'
import { traffic as sensors } from './sensors/traffic.ts'
import { traffic as social } from './social/traffic.ts'
import { traffic as webSecurity } from './web-security/traffic.ts'

const NOW = Date.UTC(2026, 0, 5, 10)
const catalog = await loadCatalog({ dirs: [] })

type Traffic = (options: TrafficOptions) => Generator<Sent<object>, never>
const ALL: readonly (readonly [name: string, event: string, traffic: Traffic, exampleSeed: number])[] = [
  ['web-security', 'WebRequest', webSecurity, 7],
  ['sensors', 'SensorReading', sensors, 22],
  ['social', 'Edit', social, 7],
  ['markets', 'Tick', markets, 7],
  ['ads', 'Impression', impressions, 7],
]

/** How many events an example has, one in ten seconds: of impressions as many as give some clicks. */
const examples = (name: string): number => (name === 'ads' ? 900 : 240)

const take = (traffic: Traffic, count: number, seed: number, rate: number): readonly Sent<object>[] => {
  const sent = traffic({ seed, now: NOW, rate })
  return Array.from({ length: count }, () => sent.next().value)
}

it.each(ALL)('%s: valid events in the order of sending, at about the rate asked for', (_, name, traffic) => {
  const definition = catalog.events.get(name)
  if (definition === undefined) throw new Error(`no ${name}`)
  const decode = compileDecoder(definition)
  let before = NOW
  for (const { event, sendAt } of take(traffic, 10_000, 7, 20)) {
    const row = decode(new TextEncoder().encode(JSON.stringify(event)), sendAt)
    expect(isRejected(row) ? row : null).toBeNull()
    expect(sendAt).toBeGreaterThanOrEqual(before)
    before = sendAt
  }
  expect(10_000 / ((before - NOW) / 1_000)).toSatisfy((rate: number) => rate > 18 && rate < 22)
})

it.each(ALL)('%s: another seed is another day', (_, __, traffic) => {
  expect(take(traffic, 100, 8, 1)).not.toEqual(take(traffic, 100, 7, 1))
})

// The examples are an excerpt of it, so whoever changes the traffic writes them anew and looks at what the pages answer.
it.each(ALL)('%s: the example file is its first events, one in ten seconds', (name, event, traffic, seed) => {
  const file = new URL(`${name}/${kebab(event)}.example.jsonl`, import.meta.url)
  const lines = take(traffic, examples(name), seed, 0.1).map((sent) => JSON.stringify(sent.event))
  expect(readFileSync(file, 'utf8')).toBe(`${lines.join('\n')}\n`)
})

it('ads: the example of clicks is those that come in while the impressions do', () => {
  const lastly = take(impressions, 900, 7, 0.1).at(-1)?.sendAt ?? 0
  const lines = take(clicks, 900, 7, 0.1)
    .filter(({ sendAt }) => sendAt <= lastly)
    .map((sent) => JSON.stringify(sent.event))
  const file = new URL('ads/click.example.jsonl', import.meta.url)
  expect(readFileSync(file, 'utf8')).toBe(`${lines.join('\n')}\n`)
})

const kebab = (name: string): string => name.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase()
