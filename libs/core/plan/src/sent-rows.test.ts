import { must } from '@tidewater/base'
import {
  boolean,
  decimal,
  event,
  id,
  instant,
  int,
  isSides,
  join,
  minutes,
  number,
  oneOf,
  pick,
  sentFrom,
  stream,
  text,
} from 'tidewater'
import type { Catalog } from 'tidewater'
import { catalogOf } from 'tidewater/fixture'
import { expect, test } from 'vitest'
import { compileSentRows } from './sent-rows.ts'

const Measured = event('Measured', {
  fields: {
    sensor: id(),
    at: instant(),
    site: text().optional(),
    level: decimal(18, 3).optional(),
    count: int().optional(),
    heat: number().optional(),
    on: boolean().optional(),
    sort: oneOf('a', 'b').optional(),
  },
  key: 'sensor',
  time: 'at',
})
const BySite = stream('BySite', {
  from: Measured,
  where: (e) => e.count.above(0),
  select: (e) => ({
    ...pick(e, 'at', 'level', 'count', 'on', 'sort'),
    site: e.site.orElse('none'),
    heat: e.heat.times(-1),
  }),
  key: 'site',
})
const BySensor = stream('BySensor', { from: Measured, where: (e) => e.sort.is('a') })
const catalog = catalogOf([Measured, BySite])

const madeIn = (from: Catalog) => {
  const make = compileSentRows(must(sentFrom(from, 'Measured')[0], 'a stream'), from)
  return (made: Parameters<typeof make>[0]) => make(made, 8)
}
const make = madeIn(catalog)
const row = { sensor: 's', at: 5, site: 'x "y"', level: null, count: 1, heat: null, on: null, sort: null }

test('a row is sent by its key, to the last digit, without what is missing', () => {
  expect(make(row)).toEqual({ key: 'x "y"', json: '{"at":5,"count":1,"site":"x \\"y\\""}' })
  const full = {
    ...row,
    level: 999_999_999_999_999_999n,
    count: 999_999_999_999_999,
    heat: 0,
    on: false,
    sort: 'b',
  }
  expect(make(full)).toEqual({
    key: 'x "y"',
    json: '{"at":5,"level":"999999999999999.999","count":999999999999999,"on":false,"sort":"b","site":"x \\"y\\"","heat":0}',
  })
})

test('a row that the filter does not take, or that lacks its key, is not sent', () => {
  expect(make({ ...row, count: 0 })).toBe('filtered')
  expect(make({ ...row, count: null })).toBe('filtered')
  const bare = stream('Bare', { from: Measured, key: 'sensor' })
  const bareRow = madeIn(catalogOf([Measured, bare]))
  // from before the event required it
  expect(bareRow({ ...row, sensor: null })).toBe('keyless')
})

test('a side of a join says how many partitions its rows come from: one, where it is kept by the same key', () => {
  const made = join('Near', {
    ...{ left: Measured, right: BySite, on: 'sort', within: { after: minutes(1) }, key: 'sensor' },
    select: (left) => pick(left, 'sensor', 'at'),
  })
  const own = join('Own', {
    ...{ left: Measured, right: BySensor, on: 'sensor', within: { after: minutes(1) } },
    select: (left) => pick(left, 'sensor', 'at'),
  })
  const all = catalogOf([Measured, BySite, BySensor, made, own])
  const full = { ...row, sort: 'a' }
  const origins = sentFrom(all, 'Measured')
    .filter(({ log }) => isSides(log))
    .map((sending) => {
      const sent = compileSentRows(sending, all)(full, 8)
      return typeof sent === 'string' ? sent : (JSON.parse(sent.json) as { origins: number }).origins
    })
  expect(origins).toEqual([8, 1, 1])
})
