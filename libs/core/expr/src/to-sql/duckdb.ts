import { isExact, scaleOf } from '../type.ts'
import type { Type } from '../type.ts'
import type { AggregateWords } from './aggregate-words.ts'
import { bindBy, smallest, widthOf } from './dialect.ts'
import type { SqlDialect } from './dialect.ts'
import type { ItemWords } from './item-words.ts'
import { nextFixed, startOfFixed } from './fixed-units.ts'

const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`

const cellType = (type: Type): string => {
  switch (type.kind) {
    case 'int':
    case 'decimal':
      return widthOf(type) === 64 ? 'BIGINT' : 'HUGEINT'
    case 'instant':
      return 'BIGINT'
    case 'number':
      return 'DOUBLE'
    case 'boolean':
      return 'BOOLEAN'
    case 'id':
    case 'text':
    case 'oneOf':
      return 'VARCHAR'
    case 'list':
      return type.of.kind === 'entry'
        ? `STRUCT("key" VARCHAR, "value" ${cellType(type.of.value)})[]`
        : `${cellType(type.of)}[]`
  }
}

const columnType = (type: Type): string => {
  if (type.kind === 'list') {
    return type.of.kind === 'entry'
      ? `STRUCT("key" VARCHAR, "value" ${columnType(type.of.value)})[]`
      : `${columnType(type.of)}[]`
  }
  if (type.kind === 'instant') return 'TIMESTAMP'
  if (type.kind === 'decimal') return `DECIMAL(${type.digits}, ${type.scale})`
  return cellType(type)
}

const filter = (only: string | null): string => (only === null ? '' : ` FILTER (WHERE ${only})`)

/** At most `limit` items of a list, which is empty and not NULL without a row. */
const upTo = (limit: number, list: string, type: Type): string =>
  `coalesce(list_slice(${list}, 1, ${limit}), CAST([] AS ${cellType(type)}[]))`

/** A total for each key over the items of a list, which may be aggregated outside. */
const summed = (list: string, key: string, total: string): string =>
  `(SELECT coalesce(list(${items.of('t.n', 't.k')}), CAST([] AS VARCHAR[])) FROM (SELECT ${key} AS k, sum(${total}) AS n FROM (SELECT unnest(${list}) AS item) AS u GROUP BY 1) AS t)`

const items: ItemWords = {
  of: (total, key) => `(CAST(${total} AS VARCHAR) || ' ' || ${key})`,
  total: (item) => `CAST(split_part(${item}, ' ', 1) AS HUGEINT)`,
  key: (item) => `substr(${item}, strpos(${item}, ' ') + 1)`,
  sum: (list) => summed(list, items.key('u.item'), items.total('u.item')),
  greatest: (list, n) => {
    const ordered = `list_sort(list_transform(${list}, lambda i: {n: -${items.total('i')}, k: ${items.key('i')}}))`
    return `list_transform(list_slice(${ordered}, 1, ${n}), lambda e: {'key': e.k, 'value': -e.n})`
  },
}

const aggregates: AggregateWords = {
  count: (only) => `count(*)${filter(only)}`,
  sumInteger: (x, only) => `coalesce(sum(${x})${filter(only)}, 0::HUGEINT)`,
  sumCount: (x, only) => `CAST(coalesce(sum(${x})${filter(only)}, 0) AS BIGINT)`,
  sumDouble: (x, only) => `coalesce(sum(${x})${filter(only)}, 0e0)`,
  min: (x, only) => `min(${x})${filter(only)}`,
  max: (x, only) => `max(${x})${filter(only)}`,
  atGreatest: (x, order, only) => `arg_max(${x}, ${order})${filter(only)}`,
  atLeast: (x, order, only) => `arg_min(${x}, ${order})${filter(only)}`,
  distinct: (x, limit, type, only) =>
    upTo(
      limit,
      `list(DISTINCT ${x}) FILTER (WHERE ${x} IS NOT NULL${only === null ? '' : ` AND ${only}`})`,
      type,
    ),
  tally: (x, only, item) =>
    `coalesce(list_transform(map_entries(histogram(${x})${filter(only)}), lambda e: ${item('e.key', 'CAST(e.value AS BIGINT)')}), CAST([] AS BIGINT[]))`,
  sumByKey: (key, integer, only) =>
    summed(`list({k: ${key}, n: CAST(${integer} AS HUGEINT)})${filter(only)}`, 'u.item.k', 'u.item.n'),
  sumItems: (list, only) => items.sum(`flatten(list(${list})${filter(only)})`),
  allOfLists: (list, type, only) =>
    `coalesce(flatten(list(${list})${filter(only)}), CAST([] AS ${cellType(type)}[]))`,
  sumTallies: (list, room, only) =>
    `(SELECT coalesce(list(CAST(t.k * ${room} + t.n AS BIGINT)), CAST([] AS BIGINT[])) FROM (SELECT u.item // ${room} AS k, sum(u.item % ${room}) AS n FROM (SELECT unnest(flatten(list(${list})${filter(only)})) AS item) AS u GROUP BY 1) AS t)`,
  distinctOfLists: (list, limit, type, only) =>
    upTo(limit, `list_distinct(flatten(list(${list})${filter(only)}))`, type),
}

export const duckdb: SqlDialect = {
  name: 'duckdb',
  identifier: (name) => `"${name.replaceAll('"', '""')}"`,
  // A literal ends at a zero byte, so that one is joined in.
  text: (value) =>
    value.includes('\0') ? `(${value.split('\0').map(literal).join(' || chr(0) || ')})` : literal(value),
  double: (value) => `CAST('${value}' AS DOUBLE)`,
  cellType,
  setType: (type) => `${cellType(type)}[]`,
  columnType,
  fromColumn(type, column) {
    if (type.kind === 'instant') return `epoch_ms(${column})`
    if (type.kind === 'oneOf') return `CAST(${column} AS VARCHAR)`
    if (type.kind === 'decimal') {
      // The product's integer must fit: in 64 bits where it does, which is several times faster.
      const wide = type.digits + type.scale > 17 ? `CAST(${column} AS DECIMAL(38, ${type.scale}))` : column
      return `CAST(${wide} * ${10 ** type.scale} AS ${cellType(type)})`
    }
    return column
  },
  toColumn(type, cell) {
    if (type.kind === 'list') {
      const item =
        type.of.kind === 'entry'
          ? `{'key': item."key", 'value': ${duckdb.toColumn(type.of.value, 'item."value"')}}`
          : duckdb.toColumn(type.of, 'item')
      return `list_transform(${cell}, lambda item: ${item})`
    }
    if (type.kind === 'instant') return `make_timestamp_ms(${cell})`
    // DECIMAL(38, 0) × the smallest DECIMAL(s, s): the product's integer is the cell itself.
    if (type.kind === 'decimal' && type.scale > 0) {
      return `CAST(CAST(${cell} AS DECIMAL(38, 0)) * CAST('${smallest(type.scale)}' AS DECIMAL(${type.scale}, ${type.scale})) AS ${columnType(type)})`
    }
    return isExact(type) && scaleOf(type) === 0 ? `CAST(${cell} AS ${columnType(type)})` : cell
  },
  known: (column) => column,
  integerDivide: (a, b) => `(${a} // ${b})`,
  bind: bindBy((value, name, body) => `list_transform([${value}], lambda ${name}: ${body})[1]`),
  // nullif and CASE would print the operand again at every level.
  finite: (double) => `list_filter([${double}], lambda f: isfinite(f))[1]`,
  // ln(1 + x) loses all digits of a small x; Kahan's correction keeps them. ln of nothing positive is an error here.
  log1p: (x) =>
    duckdb.bind(
      x,
      (v) =>
        `CASE WHEN ${v} <= -1e0 THEN NULL WHEN 1e0 + ${v} = 1e0 THEN ${v} ELSE ln(1e0 + ${v}) * (${v} / ((1e0 + ${v}) - 1e0)) END`,
    ),
  hash64: (text) => `hash(${text})`,
  antiJoin: 'ANTI JOIN',
  found: (text, pattern) => `TRY_CAST(regexp_extract(${text}, ${literal(pattern)}, 1) AS BIGINT)`,
  foundText: (text, pattern) => `nullif(regexp_extract(${text}, ${literal(pattern)}, 1), '')`,
  lower: (text) => `translate(${text}, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz')`,
  startsWith: (text, start) => `starts_with(${text}, ${start})`,
  wide: (integer) => `CAST(${integer} AS HUGEINT)`,
  md5Prefix: (value) => `CAST('0x' || substr(md5(CAST(${value} AS VARCHAR)), 1, 12) AS BIGINT)`,
  greatestOfEach: (list, size) =>
    duckdb.bind(
      `list_sort(${list})`,
      (sorted) =>
        `list_filter(${sorted}, lambda item, n: coalesce(${sorted}[n + 1] // ${size}, -1) <> item // ${size})`,
    ),
  // Its text of 0s and 1s begins with a 1.
  bitLength: (integer) => `length(bin(${integer}))`,
  shiftRight: (integer, bits) => `(${integer} >> ${bits})`,
  shiftLeft: (wide, bits) => `(${wide} << ${bits})`,
  sorted: (list) => `list_sort(${list})`,
  fold: (list, initial, step) =>
    `list_reduce(${list}, lambda so, item: CAST(${step('so', 'item')} AS BIGINT), CAST(${initial} AS BIGINT))`,
  length: (list) => `len(${list})`,
  map: (list, to) => `list_transform(${list}, lambda item: ${to('item')})`,
  filter: (list, keep) => `list_filter(${list}, lambda item: ${keep('item')})`,
  first: (list, n) => `list_slice(${list}, 1, ${n})`,
  fromEnd: (list, n) => `${list}[-${n}]`,
  total: (list) => `coalesce(list_sum(${list}), 0::HUGEINT)`,
  textOf: (value) => `CAST(${value} AS VARCHAR)`,
  integerOf: (text) => `CAST(${text} AS BIGINT)`,
  powerOfTwo: (double) => `pow(2e0, ${double})`,
  items,
  now: 'epoch_ms(now())',
  // A relation that a statement uses twice is kept as a copy: worth it for a computed one, not for a table.
  readAgain: (relation) => (relation.trimStart().startsWith('(') ? 'AS' : 'AS NOT MATERIALIZED'),
  aggregates,
  // A tree of comparisons: an element of a long list would cost a copy of the list for every row.
  steps(x, begins, values) {
    const tree = (low: number, high: number): string => {
      const middle = (low + high) >> 1
      const [value, begin] = [values[low] ?? 0, begins[middle] ?? 0]
      if (high - low === 1 || values.slice(low, high).every((other) => other === value)) return String(value)
      return `CASE WHEN ${x}<${begin} THEN ${tree(low, middle)} ELSE ${tree(middle, high)} END`
    }
    return `CAST(${tree(0, begins.length)} AS BIGINT)`
  },
  startOfUtc: (unit, instant) =>
    startOfFixed(unit, instant) ?? `epoch_ms(date_trunc('${unit}', make_timestamp((${instant}) * 1000)))`,
  nextUtc: (unit, start) =>
    nextFixed(unit, start) ??
    `epoch_ms(make_timestamp((${start}) * 1000) + INTERVAL 1 ${unit.toUpperCase()})`,
}
