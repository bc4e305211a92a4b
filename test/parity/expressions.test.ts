import { formatExact } from '@tidewater/base'
import {
  JsBody,
  clickhouse,
  duckdb,
  emit,
  isExact,
  printExpr,
  rowScope,
  scaleOf,
  everyPart,
} from '@tidewater/expr'
import type { Expr, SqlDialect, Type, Value } from '@tidewater/expr'
import type { SqlEngine } from '@tidewater/ports'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startEngines } from './engines.ts'
import { EXPRESSIONS, edgesOf, itemRows, itemTable, sampleFields } from './expression-table.ts'

let engines: Awaited<ReturnType<typeof startEngines>>
beforeAll(async () => {
  engines = await startEngines()
})
afterAll(() => engines.stop())

const AS_OF = 1_700_000_000_123

/** The fields an expression reads, with every combination of their edges (few fields: all pairs; many: each against each in turn). */
function rowsFor(expr: Expr): Readonly<Record<string, Value>>[] {
  const names = new Set(everyPart(expr).flatMap((part) => (part.op === 'field' ? [part.name] : [])))
  const fields = sampleFields.filter(({ name }) => names.has(name))
  const edges = fields.map(({ type }) => edgesOf(type))
  const all = edges.reduce((count, { length }) => count * length, 1)
  const step = Math.max(1, Math.floor(all / 400))
  return Array.from({ length: Math.ceil(all / step) }, (_, n) => {
    let rest = n * step
    return Object.fromEntries(
      fields.map(({ name }, f) => {
        const values = edges[f]!
        const value = values[rest % values.length] ?? null
        rest = Math.floor(rest / values.length)
        return [name, value]
      }),
    )
  })
}

function evaluate(expr: Expr, rows: readonly Readonly<Record<string, Value>>[]): Value[] {
  const body = new JsBody()
  const value = emit(body, expr, { ...rowScopeOf(), asOf: String(AS_OF) })
  const fn = body.build<(row: Readonly<Record<string, Value>>) => Value>(
    `return (row) => {\n${body.lines.join('\n')}\nreturn ${value.source};\n}`,
  )
  return rows.map(fn)
}

const rowScopeOf = () => {
  const { field, aggregate, tables } = rowScope('row', new Map([['Item', itemRows]]))
  return { field, aggregate, tables }
}

/** A value as the declared column type has it, read back through `fromColumn`. */
function cellSql(type: Type, value: Value, dialect: SqlDialect): string {
  const nullable =
    dialect.name === 'clickhouse'
      ? `Nullable(${type.kind === 'oneOf' ? 'String' : dialect.columnType(type)})`
      : dialect.columnType(type)
  if (value === null) return `CAST(NULL AS ${nullable})`
  if (isExact(type)) return `CAST('${formatExact(value as number, scaleOf(type))}' AS ${nullable})`
  if (type.kind === 'instant') return `CAST(${dialect.toColumn(type, String(value))} AS ${nullable})`
  const literal =
    type.kind === 'number'
      ? dialect.double(value as number)
      : type.kind === 'boolean'
        ? String(value)
        : dialect.text(value as string)
  return `CAST(${literal} AS ${nullable})`
}

function statementFor(
  expr: Expr,
  rows: readonly Readonly<Record<string, Value>>[],
  dialect: SqlDialect,
): string {
  const joins: string[] = []
  const sql = printExpr(expr, dialect, {
    field: (name, type) => dialect.fromColumn(type, `r.${name}`),
    lookup(table, field, key) {
      const alias = `t${joins.length}`
      const type = itemTable.fields.find(({ name }) => name === field)!.type
      const items = [...itemRows.values()].map(
        (row) =>
          `SELECT ${cellSql({ kind: 'text' }, row['ref'] ?? null, dialect)} AS ref, ${cellSql(type, row[field] ?? null, dialect)} AS found`,
      )
      joins.push(`LEFT JOIN (${items.join(' UNION ALL ')}) AS ${alias} ON ${alias}.ref = ${key}`)
      return dialect.fromColumn(type, `${alias}.found`)
    },
    aggregate: () => {
      throw new Error('no aggregate here')
    },
    asOf: String(AS_OF),
  })
  const types = new Map(sampleFields.map(({ name, type }) => [name, type]))
  const values = rows.map(
    (row, n) =>
      `SELECT ${n} AS _n${Object.entries(row)
        .map(([name, value]) => `, ${cellSql(types.get(name)!, value, dialect)} AS ${name}`)
        .join('')}`,
  )
  const source = values.join('\nUNION ALL ')
  return `SELECT r._n AS _n, ${dialect.toColumn(expr.type, sql)} AS value FROM (${source}) AS r ${joins.join(' ')} ORDER BY _n`
}

async function askedOf(engine: SqlEngine, statement: string): Promise<Value[]> {
  await engine.query(`EXPLAIN ${statement}`)
  return (await engine.query(statement)).map((row) => row['value'] as Value)
}

/** −0 is 0, and doubles may differ in the last digits where an engine's own logarithm or division does. */
const near = (a: Value, b: Value): boolean =>
  a === b ||
  (typeof a === 'number' &&
    typeof b === 'number' &&
    Math.abs(a - b) <= 1e-12 * Math.max(Math.abs(a), Math.abs(b)))

test.each(EXPRESSIONS)('%s: JavaScript = DuckDB = ClickHouse', async (_, expr) => {
  const rows = rowsFor(expr)
  const [js, duck, click] = [
    evaluate(expr, rows),
    await askedOf(engines.duckdb, statementFor(expr, rows, duckdb)),
    await askedOf(engines.clickhouse, statementFor(expr, rows, clickhouse)),
  ]
  const differ = rows.flatMap((row, n) => {
    const [a, b, c] = [js[n] ?? null, duck[n] ?? null, click[n] ?? null]
    return near(a, b) && near(a, c) ? [] : [{ row, js: a, duckdb: b, clickhouse: c }]
  })
  expect(differ.slice(0, 5)).toEqual([])
  expect(duck).toHaveLength(rows.length)
  expect(js.some((value) => value !== null)).toBe(true)
})
