import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { ClickJson, ImpressionJson } from './traffic.ts'

const read = <Event>(name: string): readonly Event[] =>
  readFileSync(new URL(name, import.meta.url), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Event)
const [impressions, clicks] = [
  read<ImpressionJson>('impression.example.jsonl'),
  read<ClickJson>('click.example.jsonl'),
]
const minutesFrom = (shown: ClickJson, click: ClickJson): number =>
  (Date.parse(click.at) - Date.parse(shown.at)) / 60_000
const isOf = (shown: ClickJson, click: ClickJson): boolean =>
  shown.userId === click.userId && shown.adId === click.adId
const isWithin = (minutes: number): boolean => minutes >= 0 && minutes <= 10

test('the page has the numbers of the raw files, by a loop over both', () => {
  const clicked = impressions.filter((shown) =>
    clicks.some((click) => isOf(shown, click) && isWithin(minutesFrom(shown, click))),
  )
  const credited = clicks.filter((click) =>
    impressions.some((shown) => isOf(shown, click) && isWithin(minutesFrom(shown, click))),
  )
  const page = readFileSync(new URL('README.md', import.meta.url), 'utf8')
  expect(page).toContain(`"clicks": ${clicked.length},`)
  const told = [...page.matchAll(/"credited": (\d+), "uncredited": (\d+)/g)]
  const sum = (group: number): number => told.reduce((all, found) => all + Number(found[group]), 0)
  expect([sum(1), sum(2)]).toEqual([credited.length, clicks.length - credited.length])
})
