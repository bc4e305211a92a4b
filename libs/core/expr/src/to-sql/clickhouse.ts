import type { CalendarUnit } from '../node.ts'
import type { Type } from '../type.ts'
import type { AggregateWords } from './aggregate-words.ts'
import { startOfMonthsSql } from './clickhouse-months.ts'
import { bindBy, smallest, widthOf } from './dialect.ts'
import type { SqlDialect } from './dialect.ts'
import type { ItemWords } from './item-words.ts'
import { nextFixed, startOfFixed } from './fixed-units.ts'

const literal = (text: string): string =>
  `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\0', '\\0')}'`

const bareCellType = (type: Type): string => {
  switch (type.kind) {
    case 'int':
    case 'decimal':
      return widthOf(type) === 64 ? 'Int64' : 'Int128'
    case 'instant':
      return 'Int64'
    case 'number':
      return 'Float64'
    case 'boolean':
      return 'Bool'
    case 'id':
    case 'text':
    case 'oneOf':
      return 'String'
    case 'list':
      return type.of.kind === 'entry'
        ? `Array(Tuple(key String, value ${bareCellType(type.of.value)}))`
        : `Array(${bareCellType(type.of)})`
  }
}

const columnType = (type: Type): string => {
  if (type.kind === 'list') {
    return type.of.kind === 'entry'
      ? `Array(Tuple(key String, value ${columnType(type.of.value)}))`
      : `Array(${columnType(type.of)})`
  }
  if (type.kind === 'instant') return "DateTime64(3, 'UTC')"
  if (type.kind === 'decimal') return `Decimal(${type.digits}, ${type.scale})`
  if (type.kind === 'oneOf') return 'LowCardinality(String)'
  return bareCellType(type)
}

const nullable = (type: string): string =>
  type.startsWith('LowCardinality(') ? `LowCardinality(Nullable(${type.slice(15, -1)}))` : `Nullable(${type})`

const moment = (zone: string, instant: string): string =>
  `fromUnixTimestamp64Milli(${instant}, ${literal(zone)})`

const MONTHS: Readonly<Partial<Record<CalendarUnit, number>>> = { month: 1, quarter: 3, year: 12 }

/** `sum` → `sumIf(x, only)`. */
const call = (name: string, args: readonly string[], only: string | null, parameter = ''): string =>
  only === null
    ? `${name}${parameter}(${args.join(', ')})`
    : `${name}If${parameter}(${[...args, only].join(', ')})`

const items: ItemWords = {
  of: (total, key) => `concat(toString(${total}), ' ', ${key})`,
  total: (item) => `toInt128(substring(${item}, 1, position(${item}, ' ') - 1))`,
  key: (item) => `substring(${item}, position(${item}, ' ') + 1)`,
  sum: (list) => ofMap(`arrayReduce('sumWithOverflowMap', arrayMap(i -> ${pairOf('i')}, ${list}))`),
  greatest: (list, n) => {
    const ordered = `arraySort(arrayMap(i -> (-${items.total('i')}, ${items.key('i')}), ${list}))`
    return `CAST(arrayMap(e -> (e.2, -e.1), arraySlice(${ordered}, 1, ${n})) AS Array(Tuple(key String, value Int128)))`
  },
}

const pairOf = (item: string): string => `map(${items.key(item)}, ${items.total(item)})`

/** The items of a map from keys to totals. */
const ofMap = (map: string): string =>
  clickhouse.bind(map, (m) => `arrayMap((k, n) -> ${items.of('n', 'k')}, mapKeys(${m}), mapValues(${m}))`)

const aggregates: AggregateWords = {
  count: (only) => `toInt64(${call('count', [], only)})`,
  // Sums of 64 bits wrap silently, so each value is widened first.
  sumInteger: (x, only) => `coalesce(${call('sum', [`CAST(${x} AS Nullable(Int128))`], only)}, toInt128(0))`,
  sumCount: (x, only) => `toInt64(coalesce(${call('sum', [x], only)}, 0))`,
  sumDouble: (x, only) => `coalesce(${call('sum', [x], only)}, 0e0)`,
  // OrNull: the plain ones answer 0 or '' when no row qualifies.
  min: (x, only) => call('minOrNull', [x], only),
  max: (x, only) => call('maxOrNull', [x], only),
  atGreatest: (x, order, only) => call('argMaxOrNull', [x, order], only),
  atLeast: (x, order, only) => call('argMinOrNull', [x, order], only),
  distinct: (x, limit, _type, only) => call('groupUniqArray', [x], only, `(${limit})`),
  tally: (x, only, item) => {
    const counted = call('sumMap', [`[assumeNotNull(${x})]`, '[toInt64(1)]'], only)
    return `arrayMap((x, n) -> ${item('x', 'n')}, ${counted}.1, ${counted}.2)`
  },
  // The sum of a map; that of two arrays leaves out keys whose total is 0.
  sumByKey: (key, integer, only) =>
    ofMap(
      call('sumWithOverflowMap', [`map(assumeNotNull(${key}), assumeNotNull(toInt128(${integer})))`], only),
    ),
  sumItems: (list, only) =>
    ofMap(
      call(
        'sumWithOverflowMap',
        [
          `mapFromArrays(arrayMap(i -> ${items.key('i')}, ${list}), arrayMap(i -> ${items.total('i')}, ${list}))`,
        ],
        only,
      ),
    ),
  allOfLists: (list, _type, only) => call('groupArrayArray', [list], only),
  sumTallies: (list, room, only) => {
    const pairs = [`intDiv(i, ${room})`, `toInt64(i % ${room})`].map(
      (part) => `arrayMap(i -> ${part}, ${list})`,
    )
    const counted = call('sumMap', pairs, only)
    return `arrayMap((k, n) -> toInt64(k * ${room} + n), ${counted}.1, ${counted}.2)`
  },
  distinctOfLists: (list, limit, _type, only) => call('groupUniqArrayArray', [list], only, `(${limit})`),
}

export const clickhouse: SqlDialect = {
  name: 'clickhouse',
  identifier: (name) => `\`${name.replaceAll('\\', '\\\\').replaceAll('`', '\\`')}\``,
  text: literal,
  double: (value) => `CAST(${/[.e]/.test(String(value)) ? String(value) : `${value}e0`} AS Float64)`,
  cellType: (type) => nullable(bareCellType(type)),
  setType: (type) => `Array(${bareCellType(type)})`,
  columnType,
  fromColumn(type, column) {
    if (type.kind === 'instant') return `toUnixTimestamp64Milli(${column})`
    // The integer a decimal is stored as; its width follows the declared digits.
    if (type.kind === 'decimal') {
      return type.digits <= 9
        ? `toInt64(reinterpretAsInt32(${column}))`
        : `reinterpretAsInt${widthOf(type)}(${column})`
    }
    return type.kind === 'oneOf' ? `CAST(${column} AS Nullable(String))` : column
  },
  toColumn(type, cell) {
    // A list cannot be NULL, nor can its items.
    if (type.kind === 'list') {
      const known = (of: Type, cell: string): string => `assumeNotNull(${clickhouse.toColumn(of, cell)})`
      const item =
        type.of.kind === 'entry'
          ? `(item.key, ${known(type.of.value, 'item.value')})`
          : known(type.of, 'item')
      return `CAST(arrayMap(item -> ${item}, ${cell}) AS ${columnType(type)})`
    }
    if (type.kind === 'instant') return moment('UTC', cell)
    if (type.kind === 'decimal') {
      return `CAST(${cell} * toDecimal128('${smallest(type.scale)}', ${type.scale}) AS ${nullable(columnType(type))})`
    }
    return `CAST(${cell} AS ${nullable(columnType(type))})`
  },
  known: (column) => `assumeNotNull(${column})`,
  integerDivide: (a, b) => `intDiv(${a}, ${b})`,
  bind: bindBy((value, name, body) => `arrayMap(${name} -> ${body}, [${value}])[1]`),
  finite: (double) => `ifNotFinite(${double}, NULL)`,
  log1p: (x) => `log1p(${x})`,
  hash64: (text) => `cityHash64(${text})`,
  antiJoin: 'LEFT ANTI JOIN',
  found: (text, pattern) => `toInt64OrNull(extract(${text}, ${literal(pattern)}))`,
  foundText: (text, pattern) => `nullIf(extract(${text}, ${literal(pattern)}), '')`,
  lower: (text) => `lower(${text})`,
  startsWith: (text, start) => `startsWith(${text}, ${start})`,
  steps(x, begins, values) {
    // The last of equal beginnings counts.
    const value = new Map(begins.map((begin, n) => [begin, values[n] ?? 0]))
    const keys = `[${[...value.keys()].join(',')}]`
    if (value.size === 1) return `toInt64(${values.at(-1) ?? 0})`
    return `transform(roundDown(${x}, ${keys}), ${keys}, [${[...value.values()].join(',')}]::Array(Int64), toInt64(0))`
  },
  wide: (integer) => `toInt128(${integer})`,
  md5Prefix: (value) => `toInt64(reinterpretAsUInt64(reverse(substring(MD5(toString(${value})), 1, 6))))`,
  greatestOfEach: (list, size) =>
    clickhouse.bind(
      `arraySort(${list})`,
      (sorted) =>
        `arrayFilter((item, next) -> intDiv(item, ${size}) <> intDiv(next, ${size}), ${sorted}, arrayPopFront(arrayPushBack(${sorted}, toInt64(-${size}))))`,
    ),
  // Its text of 0s and 1s is filled up to whole bytes.
  bitLength: (integer) => `length(trimLeft(bin(${integer}), '0'))`,
  shiftRight: (integer, bits) => `bitShiftRight(${integer}, ${bits})`,
  shiftLeft: (wide, bits) => `bitShiftLeft(${wide}, ${bits})`,
  sorted: (list) => `arraySort(${list})`,
  fold: (list, initial, step) =>
    `arrayFold((so, item) -> toInt64(${step('so', 'item')}), ${list}, toInt64(${initial}))`,
  length: (list) => `length(${list})`,
  map: (list, to) => `arrayMap(item -> ${to('item')}, ${list})`,
  filter: (list, keep) => `arrayFilter(item -> ${keep('item')}, ${list})`,
  first: (list, n) => `arraySlice(${list}, 1, ${n})`,
  fromEnd: (list, n) => `${list}[-${n}]`,
  total: (list) => `arraySum(${list})`,
  textOf: (value) => `toString(${value})`,
  integerOf: (text) => `toInt64(${text})`,
  powerOfTwo: (double) => `exp2(${double})`,
  items,
  now: 'toUnixTimestamp64Milli(now64(3))',
  readAgain: () => 'AS',
  aggregates,
  startOfUtc: (unit, instant) =>
    startOfFixed(unit, instant) ?? startOfMonthsSql(clickhouse, instant, MONTHS[unit] ?? 1, 0),
  nextUtc: (unit, start) =>
    nextFixed(unit, start) ?? startOfMonthsSql(clickhouse, start, MONTHS[unit] ?? 1, 1),
}
