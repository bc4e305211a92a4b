import { multiplyExact } from '@tidewater/base'
import type { Exact } from '@tidewater/base'
import { SUM_DIGITS, finite, isExact, scaleOf } from '@tidewater/expr'
import type { SqlDialect, Type } from '@tidewater/expr'
import { and, never, slotsRow, takeSlots, whenKnown } from './aggregate.ts'
import type { CellCode, ColumnsAggregate, ColumnsSql } from './aggregate.ts'
import { NUMBER, argTypeOf, column, countColumn } from './column.ts'
import type { CellCall } from './column.ts'
import { countBytes, sideBySide, totalBytes } from './number-bytes.ts'
import { plainScale, plusSource, totalSql, totalType } from './sum.ts'

/**
 * variance and deviation: the population variance Σ(x − mean)² ÷ n and its square root, from Σx, Σx² and n.
 *
 * Exact values have exact sums, so every engine keeps the same integers and nothing cancels: with q = Σx ÷ n cut to an integer
 * and r = Σx − n × q, Σ(x − q)² is the integer Σx² − q × (Σx + r), and the variance is (Σ(x − q)² − r² ÷ n) ÷ n. Squares of at
 * most 30 digits leave room for 10^8 of the widest in the 38 digits of a sum; wider values are refused.
 *
 * Of doubles Σx² ÷ n − mean² has no digits left when all values are nearly the same: a deviation of less than a millionth of the
 * root mean square is 0, and so is its variance.
 */
const MOST_DIGITS = 15
/** Variances below this part of the mean square are 0; compared with `<`, so that infinite squares stay infinite. */
const NOISE = 1e-12

type Spread = 'variance' | 'deviation'

/** The type of a total of squares. */
const squaresType = (type: Type): Type => (isExact(type) ? { kind: 'int', digits: SUM_DIGITS } : NUMBER)

export const spread = (which: Spread): ColumnsAggregate => ({
  doc: `The population ${which === 'variance' ? 'variance' : 'standard deviation'} of the values that are there, a double; of nothing it is missing.`,
  keeps: 'columns',
  of: 'numbers',
  refuses: (type, told) =>
    isExact(type) && type.digits > MOST_DIGITS
      ? {
          wrong: `'${which}' keeps exact squares of at most ${2 * MOST_DIGITS} digits, and ${told} has ${type.digits}, so its square ${2 * type.digits}`,
          cure: `take a value of at most ${MOST_DIGITS} digits such as decimal(12, 2), or a number field`,
        }
      : null,
  answer: () => ({ type: NUMBER, optional: true }),
  columns: (call, name) => [
    column(name, totalType(argTypeOf(call))),
    column(`${name}_squares`, squaresType(argTypeOf(call))),
    countColumn(`${name}_n`),
  ],
  code(call, body) {
    const type = argTypeOf(call)
    const plus = (slot: string, value: string): string => `${slot} = ${plusSource(body, type, slot, value)};`
    const square = (x: string): string =>
      isExact(type) ? `${body.constant(multiplyExact)}(${x}, ${x})` : `${x} * ${x}`
    const zeros = ['0', '0', '0']
    const merge: CellCode['merge'] = ([s = '', q = '', n = ''], [t = '', p = '', m = '']) =>
      `${plus(s, t)} ${plus(q, p)} ${n} += ${m};`
    return {
      zeros,
      add: ([s = '', q = '', n = ''], { value }) =>
        whenKnown(value, `${plus(s, value?.source ?? '')} ${plus(q, square(value?.source ?? ''))} ${n}++;`),
      merge,
      take: takeSlots(body, { zeros, merge }),
      present: ([s = '', q = '', n = '']) => ({
        source: isExact(type)
          ? `${body.constant(ofIntegers[which])}(${s}, ${q}, ${n}, ${scaleOf(type)})`
          : `${body.constant(ofDoubles[which])}(${s}, ${q}, ${n})`,
        nullable: true,
      }),
      incomplete: never,
      bytes: sideBySide([totalBytes(body, type), totalBytes(body, type), countBytes(body)]),
    }
  },
  rowOf: slotsRow,
  sql: (call, columns, dialect) => spreadSql(which, call, columns, dialect),
  meaning(rows, { arg }) {
    if (rows.length === 0) return null
    const values = rows.map(({ value }) => value)
    const root =
      arg?.type.kind === 'number'
        ? plainDoubles(values as number[])
        : plainIntegers(values as bigint[]) / 10 ** plainScale(arg?.type)
    return which === 'variance' && root !== null ? root ** 2 : root
  },
})

const spreadSql = (
  which: Spread,
  call: CellCall,
  [sum = '', squares = '', n = '']: readonly string[],
  dialect: SqlDialect,
): ColumnsSql => {
  const { aggregates } = dialect
  const type = argTypeOf(call)
  return {
    add({ value, only }) {
      const x = value ?? ''
      const factor = isExact(type) ? dialect.wide(x) : x
      return [
        totalSql(dialect, type, x, only),
        totalSql(dialect, type, `(${factor} * ${factor})`, only),
        aggregates.count(and(only, `${x} IS NOT NULL`)),
      ]
    },
    merge: (rows) => [
      totalSql(dialect, type, `s.${sum}`, rows),
      totalSql(dialect, type, `s.${squares}`, rows),
      aggregates.sumCount(`s.${n}`, rows),
    ],
    present: ([s = '', q = '', n = '']) =>
      isExact(type)
        ? integersSql(which, dialect, [s, q, n], scaleOf(type))
        : doublesSql(which, dialect, [s, q, n]),
  }
}

/** By which; null of nothing. */
const ofIntegers = {
  variance(sum: Exact, squares: Exact, n: number, scale: number): number | null {
    if (n === 0) return null
    const [s, count] = [BigInt(sum), BigInt(n)]
    const near = s / count
    const rest = s - near * count
    const around = BigInt(squares) - near * (s + rest)
    return (Number(around) - (Number(rest) * Number(rest)) / n) / n / 10 ** (2 * scale)
  },
  deviation(sum: Exact, squares: Exact, n: number, scale: number): number | null {
    return rootOf(ofIntegers.variance(sum, squares, n, scale))
  },
}

const ofDoubles = {
  variance(sum: number, squares: number, n: number): number | null {
    if (n === 0) return null
    const meanSquare = squares / n
    const variance = meanSquare - (sum / n) * (sum / n)
    return variance < NOISE * meanSquare ? 0 : finite(variance)
  },
  deviation(sum: number, squares: number, n: number): number | null {
    return rootOf(ofDoubles.variance(sum, squares, n))
  },
}

const rootOf = (variance: number | null): number | null => (variance === null ? null : Math.sqrt(variance))
const rootSql = (which: Spread, variance: string): string =>
  which === 'variance' ? variance : `sqrt(${variance})`

type Sums = readonly [sum: string, squares: string, n: string]

const integersSql = (which: Spread, dialect: SqlDialect, [sum, squares, n]: Sums, scale: number): string => {
  const double = (x: string): string => `CAST(${x} AS ${dialect.cellType(NUMBER)})`
  const count = `greatest(${n}, 1)`
  const near = dialect.integerDivide(sum, dialect.wide(count))
  const spread = dialect.bind(near, (q) =>
    dialect.bind(`(${sum} - ${q} * ${dialect.wide(count)})`, (r) => {
      const around = double(`(${squares} - ${q} * (${sum} + ${r}))`)
      const variance = `(${around} - ${double(r)} * ${double(r)} / ${double(count)}) / ${double(count)} / 1e${2 * scale}`
      return `(${rootSql(which, variance)})`
    }),
  )
  return `CASE WHEN ${n} > 0 THEN ${spread} END`
}

const doublesSql = (which: Spread, dialect: SqlDialect, [sum, squares, n]: Sums): string => {
  const count = `CAST(greatest(${n}, 1) AS ${dialect.cellType(NUMBER)})`
  const spread = dialect.bind(`(${squares} / ${count})`, (meanSquare) =>
    dialect.bind(
      `(${meanSquare} - (${sum} / ${count}) * (${sum} / ${count}))`,
      (variance) =>
        `CASE WHEN ${variance} < ${dialect.double(NOISE)} * ${meanSquare} THEN 0e0 ELSE ${rootSql(which, variance)} END`,
    ),
  )
  return dialect.finite(`CASE WHEN ${n} > 0 THEN ${spread} END`)
}

const plainIntegers = (values: readonly bigint[]): number => {
  const n = BigInt(values.length)
  const sum = values.reduce((total, x) => total + x, 0n)
  const squares = values.reduce((total, x) => total + x * x, 0n)
  return Math.sqrt(Number(n * squares - sum * sum)) / values.length
}

const plainDoubles = (values: readonly number[]): number | null => {
  const mean = (of: readonly number[]): number => of.reduce((sum, x) => sum + x, 0) / of.length
  const center = mean(values)
  const deviation = Math.sqrt(mean(values.map((x) => (x - center) ** 2)))
  const size = Math.sqrt(mean(values.map((x) => x ** 2)))
  if (!Number.isFinite(size)) return null
  return deviation < 1e-6 * size ? 0 : deviation
}
