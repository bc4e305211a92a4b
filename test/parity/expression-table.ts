import type { Expr, ScalarType, Value } from '@tidewater/expr'
import {
  boolean,
  count,
  decimal,
  definitionOf,
  event,
  file,
  greatest,
  id,
  instant,
  int,
  latest,
  least,
  number,
  oneOf,
  table,
  text,
  view,
} from 'tidewater'
import type {
  EventDefinition,
  FieldDefinition,
  RowOf,
  TableDefinition,
  Value as Written,
  ViewDefinition,
} from 'tidewater'

/** Every type twice, so that operations meet every pair of values; `Sample` is never sent anywhere. */
const Sample = event('Sample', {
  fields: {
    key: id(),
    at: instant(),
    n: int().optional(),
    m: int().optional(),
    d: decimal(12, 2).optional(),
    e: decimal(9, 3).optional(),
    wide: decimal(18, 6).optional(),
    x: number().optional(),
    y: number().optional(),
    s: text().optional(),
    t: text().optional(),
    kind: oneOf('a', "it's", 'É').optional(),
    p: boolean().optional(),
    q: boolean().optional(),
    i: instant().optional(),
  },
  key: 'key',
  time: 'at',
})
export const Item = table('Item', {
  fields: {
    ref: id(),
    price: decimal(9, 3).optional(),
    group: text().optional(),
    since: instant().optional(),
  },
  key: 'ref',
  from: file('items.csv'),
})
export const itemRows: ReadonlyMap<string, Readonly<Record<string, Value>>> = new Map([
  ['a', { ref: 'a', price: 1500, group: 'A', since: -1 }],
  ['É', { ref: 'É', price: null, group: null, since: null }],
])
export const itemTable = definitionOf(Item) as TableDefinition
export const sampleFields: readonly FieldDefinition[] = (definitionOf(Sample) as EventDefinition).fields

type Row = RowOf<typeof Sample>

/** Values of each type that are known to divide engines. */
export function edgesOf(type: ScalarType): readonly Value[] {
  switch (type.kind) {
    case 'int':
      return [null, 0, 1, -1, 7, 999_999_999_999_999, -999_999_999_999_999]
    case 'decimal':
      return [null, 0, 1, -1, 5, -5, 125, -125, 150, 10 ** Math.min(type.digits, 15) - 1]
    case 'number':
      return [null, 0, 0.125, -2.5, 1e-10, -1, 1e300, -1e300, 123456.789]
    case 'boolean':
      return [null, true, false]
    case 'instant':
      return [
        null,
        0,
        -1,
        1,
        3_600_000,
        -3_600_001,
        Date.UTC(2024, 1, 29, 23, 59, 59, 999),
        Date.UTC(1960, 0, 1),
        Date.UTC(2100, 11, 31),
      ]
    case 'id':
    case 'text':
    case 'oneOf':
      return [null, '', 'a', 'A', 'É', 'é', "it's", '\\', '"', '\n', '😀', '\0', 'İI']
  }
}

/** The expression of one event behind a written value. */
const rowExpr = (written: (row: Row) => Written<unknown, 'event'>): Expr => {
  const made = definitionOf(
    view('Written', { from: Sample, measure: (row) => ({ value: latest(written(row)), n: count() }) }),
  )
  const measure = (made as ViewDefinition).measures[0]?.expr
  if (measure?.op !== 'aggregate' || measure.call.arg === null) throw new Error('no row expression')
  return measure.call.arg
}

const ROWS: Readonly<Record<string, (row: Row) => Written<unknown, 'event'>>> = {
  'int plus int': (r) => r.n.plus(r.m),
  'int plus decimal': (r) => r.n.plus(r.d),
  'decimal plus wider decimal': (r) => r.d.plus(r.wide),
  'decimal minus decimal': (r) => r.d.minus(r.e),
  'decimal minus literal': (r) => r.d.minus(0.1),
  'number plus int': (r) => r.x.plus(r.n),
  'number minus number': (r) => r.x.minus(r.y),
  'int times decimal': (r) => r.n.times(r.d),
  'decimal times decimal': (r) => r.d.times(r.e),
  'decimal times literal': (r) => r.wide.times(-0.05),
  'number times number': (r) => r.x.times(r.y),
  'number times decimal': (r) => r.x.times(r.d),
  'int dividedBy int': (r) => r.n.dividedBy(r.m),
  'decimal dividedBy number': (r) => r.d.dividedBy(r.x),
  'number dividedBy number': (r) => r.x.dividedBy(r.y),
  'abs of int': (r) => r.n.abs(),
  'abs of decimal': (r) => r.d.abs(),
  'abs of number': (r) => r.x.abs(),
  'log1p of number': (r) => r.x.log1p(),
  'log1p of decimal': (r) => r.e.log1p(),
  'clamp of decimal': (r) => r.d.clamp(-0.05, 1.25),
  'clamp of number': (r) => r.x.clamp(-1, 100),
  'cap of int': (r) => r.n.cap(0.5),
  'greatest of int and decimal': (r) => greatest(r.n, r.d),
  'least of numbers': (r) => least(r.x, r.y),
  'least of decimal and literal': (r) => least(r.d, 0),
  'int is decimal': (r) => r.n.is(r.d),
  'decimal above decimal': (r) => r.d.above(r.e),
  'decimal below int': (r) => r.d.below(r.n),
  'number atLeast decimal': (r) => r.x.atLeast(r.d),
  'int atMost literal': (r) => r.n.atMost(6.5),
  'text is text': (r) => r.s.is(r.t),
  'text is literal': (r) => r.s.is("it's"),
  'text is backslash': (r) => r.s.is('\\'),
  'text is zero byte': (r) => r.s.is('\0'),
  'oneOf is': (r) => r.kind.is("it's"),
  'text isIn': (r) => r.s.isIn('a', '', '"', '😀', '\n'),
  'text lower': (r) => r.s.lower(),
  'text weigh': (r) => r.s.weigh({ a: 0.1, "it's": -2, '': 0.05, É: 10 }),
  'boolean is boolean': (r) => r.p.is(r.q),
  and: (r) => r.p.and(r.q),
  or: (r) => r.p.or(r.q),
  not: (r) => r.p.not(),
  isMissing: (r) => r.d.isMissing(),
  isKnown: (r) => r.s.isKnown(),
  'int orElse decimal': (r) => r.n.orElse(r.d),
  'decimal orElse literal': (r) => r.d.orElse(0.005),
  'text orElse text': (r) => r.s.orElse(r.t),
  'boolean orElse': (r) => r.p.orElse(true),
  'number orElse int': (r) => r.x.orElse(r.n),
  onlyIf: (r) => r.d.onlyIf(r.p),
  'text onlyIf': (r) => r.s.onlyIf(r.p.and(r.q)),
  'instant onlyIf': (r) => r.i.onlyIf(r.p),
  hourOfDay: (r) => r.i.hourOfDay(),
  'startOf hour': (r) => r.i.startOf('hour'),
  'startOf day': (r) => r.i.startOf('day'),
  'startOf week': (r) => r.i.startOf('week'),
  'startOf month': (r) => r.i.startOf('month'),
  'startOf quarter': (r) => r.i.startOf('quarter'),
  'startOf year': (r) => r.i.startOf('year'),
  'lookup of a decimal': (r) => Item.of(r.s).price,
  'lookup of a text': (r) => Item.of(r.s).group.lower(),
  'lookup by a lookup': (r) => Item.of(Item.of(r.s).group.lower()).since,
  deep: (r) =>
    greatest(greatest(r.n, r.d).clamp(-9, 9), r.x.clamp(-1, 1))
      .dividedBy(r.y.abs())
      .plus(least(r.d, r.e))
      .clamp(-1, 1)
      .onlyIf(r.p.or(r.s.is('a'))),
}

const field = (name: string): Expr => {
  const found = sampleFields.find((candidate) => candidate.name === name)
  if (found === undefined) throw new Error(`no field ${name}`)
  return { op: 'field', name, type: found.type, optional: true }
}

/** Operations that the language has for measures only. */
const MEASURES: Readonly<Record<string, Expr>> = {
  'round of decimal': {
    op: 'round',
    digits: 1,
    type: { kind: 'decimal', digits: 10, scale: 3 },
    optional: true,
    args: [field('e')],
  },
  'round of decimal to int': {
    op: 'round',
    digits: 0,
    type: { kind: 'decimal', digits: 13, scale: 2 },
    optional: true,
    args: [field('d')],
  },
  'round of wide decimal': {
    op: 'round',
    digits: 2,
    type: { kind: 'decimal', digits: 19, scale: 6 },
    optional: true,
    args: [field('wide')],
  },
  'round of number': { op: 'round', digits: 2, type: { kind: 'number' }, optional: true, args: [field('x')] },
  'round of int': {
    op: 'round',
    digits: 2,
    type: { kind: 'int', digits: 15 },
    optional: true,
    args: [field('n')],
  },
  secondsAgo: { op: 'secondsAgo', type: { kind: 'number' }, optional: true, args: [field('i')] },
}

/** Every operation of the language over every family of types it takes. */
export const EXPRESSIONS: readonly (readonly [string, Expr])[] = [
  ...Object.entries(ROWS).map(([name, written]) => [name, rowExpr(written)] as const),
  ...Object.entries(MEASURES),
]
