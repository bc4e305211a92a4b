import { expect, test } from 'vitest'
import {
  definitionOf,
  event,
  id,
  instant,
  int,
  isSides,
  join,
  matched,
  minutes,
  oneOf,
  operatorsFrom,
  pick,
  sentFrom,
  stream,
  text,
  view,
} from './index.ts'
import type { JoinDefinition } from './index.ts'
import { catalogOf, measure, viewOf } from './sale-fixture.ts'
import { told } from './untyped-fixture.ts'

const Impression = event('Impression', {
  fields: {
    userId: id(),
    adId: id(),
    shownAt: instant(),
    slot: oneOf('top', 'side'),
    site: text().optional(),
  },
  key: 'userId',
  time: 'shownAt',
})
const Click = event('Click', {
  fields: { userId: id(), adId: text(), at: instant(), x: int(), site: text() },
  key: 'userId',
  time: 'at',
  lateness: minutes(2),
})
const ImpressionClick = join('ImpressionClick', {
  doc: 'What became of an impression.',
  left: Impression,
  right: Click,
  on: ['userId', 'adId'],
  within: { after: minutes(10) },
  keep: 'left',
  match: 'first',
  select: (shown, click) => ({ ...pick(shown, 'adId', 'shownAt'), clicked: matched(click), x: click.x }),
})
const joinOf = (made: unknown): JoinDefinition => {
  const found = definitionOf(made)
  if (found?.kind !== 'join') throw new Error('no join')
  return found
}

test('both sides are sent to one log, with what the join needs of them', () => {
  const catalog = catalogOf([ImpressionClick, Impression, Click])
  expect([...catalog.events.keys()]).toEqual([
    'Impression',
    'Click',
    'ImpressionClickSides',
    'ImpressionClick',
  ])
  const sides = catalog.events.get('ImpressionClickSides')
  expect(sides).toEqual({
    kind: 'event',
    name: 'ImpressionClickSides',
    doc: 'Both sides of ImpressionClick, in the order in which they are joined.',
    fields: [
      { name: 'side', type: { kind: 'oneOf', values: ['left', 'right'] }, optional: false },
      { name: 'key', type: { kind: 'id' }, optional: false },
      { name: 'on_adId', type: { kind: 'text' }, optional: true },
      { name: 'at', type: { kind: 'instant' }, optional: false },
      { name: 'left_adId', type: { kind: 'id' }, optional: true },
      { name: 'left_shownAt', type: { kind: 'instant' }, optional: true },
      { name: 'right_x', type: { kind: 'int', digits: 15 }, optional: true },
      { name: 'origins', type: { kind: 'int', digits: 9 }, optional: true },
    ],
    key: 'key',
    time: 'at',
    latenessMs: 600_000,
    horizonMs: Number.MAX_SAFE_INTEGER,
    dedupe: null,
    madeBy: joinOf(ImpressionClick),
  })
  expect([...catalog.events.values()].filter(isSides)).toEqual([sides])
  expect(sentFrom(catalog, 'Click').map(({ stream, log }) => [stream.name, log.name])).toEqual([
    ['ImpressionClickRight', 'ImpressionClickSides'],
  ])
  expect(operatorsFrom(catalog, 'ImpressionClickSides')).toEqual([joinOf(ImpressionClick)])
})

test('its rows are an event that the platform sends, and views read it', () => {
  const Ads = view('Ads', { from: ImpressionClick, by: 'adId', where: (e) => e.clicked, measure })
  const { events } = catalogOf([Ads, ImpressionClick, Click, Impression])
  expect(events.get('ImpressionClick')).toMatchObject({
    fields: [
      { name: 'adId', type: { kind: 'id' }, optional: false },
      { name: 'shownAt', type: { kind: 'instant' }, optional: false },
      { name: 'clicked', type: { kind: 'boolean' }, optional: false },
      { name: 'x', type: { kind: 'int', digits: 15 }, optional: true },
    ],
    key: 'adId',
    time: 'shownAt',
    // the left row's patience and the window
    latenessMs: 1_200_000,
  })
  const { from, through } = viewOf(Ads)
  expect([from, through]).toEqual(['ImpressionClick', null])
})

test('a row that lacks a field it is joined by is sent only where it is kept without a partner', () => {
  const made = (keep: 'left' | 'both'): JoinDefinition =>
    joinOf(
      join('Sites', {
        left: Impression,
        right: Click,
        on: 'site',
        within: { before: minutes(1) },
        keep,
        select: (shown, click) => ({ ...pick(shown, 'shownAt', 'userId'), at: click.at }),
        key: 'userId',
      }),
    )
  const fields = ({ left }: JoinDefinition) => left.fields.map(({ name, expr }) => [name, expr.optional])
  const kept = made('left')
  expect([kept.left.where, kept.right.where]).toEqual([null, null])
  expect(fields(kept).slice(1, 3)).toEqual([
    ['key', false],
    ['on_site', true],
  ])
  const both = made('both')
  expect(both.left.where).toMatchObject({ op: 'isKnown', args: [{ name: 'site' }] })
  expect(fields(both).slice(1, 3)).toEqual([
    ['key', true],
    ['at', false],
  ])
  const { events } = catalogOf([
    Impression,
    Click,
    join('Sites', {
      left: Impression,
      right: Click,
      on: 'site',
      within: { before: minutes(1) },
      select: (shown) => pick(shown, 'shownAt', 'userId'),
      key: 'userId',
    }),
  ])
  expect(events.get('SitesSides')?.fields.find(({ name }) => name === 'key')?.optional).toBe(false)
})

test('streams, joins and patterns may be sides of a join', () => {
  const Top = stream('Top', { from: Impression, where: (e) => e.slot.is('top') })
  const Again = join('Again', {
    left: ImpressionClick,
    right: Top,
    on: 'adId',
    within: { after: minutes(1) },
    select: (a) => pick(a, 'adId', 'shownAt'),
  })
  const { events, joins } = catalogOf([Again, Top, Impression, Click, ImpressionClick])
  expect([...events.keys()].slice(-2)).toEqual(['AgainSides', 'Again'])
  expect([joins.get('Again')?.left.from, joins.get('Again')?.right.from]).toEqual([
    'ImpressionClick',
    'Impression',
  ])
  expect(joins.get('Again')?.right.where).toMatchObject({ op: 'is' })
})

test.each<[string, string]>([
  [
    'joined({ within: undefined })',
    'Jo.within: a join without a bound would keep every row for ever (write within: { after: minutes(10) })',
  ],
  ['joined({ within: {} })', 'Jo.within: a join without a bound'],
  ['joined({ within: { after: days(366) } })', 'Jo.within: after: 366 d is more than a year'],
  ['joined({ within: { after: 5 } })', "Jo.within: 'after' takes a duration such as minutes(5), not 5"],
  ['joined({ within: { arter: minutes(1) } })', "within has no property 'arter' (did you mean 'after'?)"],
  [
    'joined({ right: ShopEvent })',
    'Jo.right: both sides are ShopEvent, so each record would be both the left and the right row',
  ],
  ["joined({ on: 'nope' })", "Jo.on: ShopEvent has no field 'nope'"],
  ["joined({ on: 'k' })", "Jo.on: ShopEvent has no field 'k'"],
  ['joined({ on: [] })', "Jo.on: a join needs a field that both sides share (write on: 'userId')"],
  ['joined({ on: undefined })', 'Jo.on: a join needs a field'],
  ["joined({ on: ['userId', 'userId'] })", "Jo.on: 'userId' is there twice"],
  [
    "joined({ on: 'quantity' })",
    "Jo.on: 'quantity' is int in ShopEvent and id in Other: they are never equal",
  ],
  ["joined({ on: 'weight' })", "Jo.on: 'weight' is a double, which no two engines compare alike"],
  ["joined({ on: 'at' })", "Jo.on: 'at' is instant and cannot tell things apart"],
  ["joined({ keep: 'right' })", "Jo.keep: is 'both' or 'left', not 'right'"],
  ["joined({ match: 'last' })", "Jo.match: is 'each' or 'first', not 'last'"],
  ['joined({ left: Item })', 'Jo.left: a join reads an event or a stream, and Item is a table'],
  ['joined({ select: undefined })', 'Jo.select: is a function of both rows, not undefined'],
  [
    "joined({ select: (l) => pick(l, 'userId') })",
    "Jo.time: its rows need a time, and the left row's is not selected (add it",
  ],
  [
    "joined({ select: (l) => pick(l, 'at') })",
    "Jo.key: its rows have a log of their own, and none of its fields is one of 'on'",
  ],
  ["joined({ key: 'at' })", "Jo.key: 'at' is instant and cannot tell things apart"],
  ["joined({ time: 'userId' })", "Jo.time: 'userId' is id, the time must be an instant"],
  [
    "joined({ select: (l, r) => ({ ...pick(l, 'userId', 'at'), m: matched(r) }) })",
    "Jo.select: every row of this join has both sides, so 'matched' is always true (write keep: 'left')",
  ],
  [
    "joined({ select: (l, r) => ({ ...pick(l, 'userId', 'at'), m: matched(l) }) })",
    "'matched' takes the right row of a join",
  ],
  ["joined({ select: (l, r) => pick(r, 'usrId') })", "Other has no field 'usrId' (did you mean 'userId'?)"],
  ['joined({ lefft: 1 })', "Jo: join has no property 'lefft' (did you mean 'left'?)"],
  ["join('jo', {})", 'join("jo"): a name starts with a capital'],
])('a join: %s', (code, sentence) => {
  expect(told(code)).toContain(sentence)
})

test('a join reads what is loaded, and takes names of its own', () => {
  expect(() => catalogOf([ImpressionClick, Click])).toThrow(
    'reads the event Impression, which no loaded file exports',
  )
  const taken = stream('ImpressionClickLeft', { from: Click })
  expect(() => catalogOf([ImpressionClick, Impression, Click, taken])).toThrow(
    'ImpressionClickLeft is what the join ImpressionClick calls a part of itself',
  )
  const first = stream('A', { from: Click, key: 'userId' })
  const second = join('B', {
    left: first,
    right: Impression,
    on: 'userId',
    within: { after: minutes(1) },
    select: (a) => pick(a, 'userId', 'at'),
  })
  const third = stream('A', { from: second, key: 'userId' })
  expect(() => catalogOf([Click, Impression, second, third])).toThrow('A is made of itself: A from B from A')
})
