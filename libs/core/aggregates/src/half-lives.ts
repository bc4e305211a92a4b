import { addExact, floorDiv, multiplyExact, normalizeExact } from '@tidewater/base'
import type { Exact } from '@tidewater/base'
import { floorDivSql, isExact } from '@tidewater/expr'
import type { Option, SqlDialect, Type } from '@tidewater/expr'
import type { Refusal } from './aggregate.ts'
import { addTotal, mergeTotals, totalsOf } from './totals.ts'
import type { Totals } from './totals.ts'

/**
 * Sums of values that weigh half as much for each half-life that they are older. Time is cut into half-lives since 1970; within
 * its own a value weighs 2^(how far it is into it), an integer of `SCALE`. So each half-life has a plain sum of integers, which
 * adds up in any order and in every engine alike; only an answer brings them to one moment. See docs/decisions/012.
 *
 * Kept are the last `KEPT` half-lives that have a value: what is older weighs less than 2^-39 of the newest.
 */
const SCALE = 2 ** 32
const KEPT = 40n
/** How finely a half-life is divided. */
const STEPS = 2 ** 18
/** 2^x for x in 0…1 as a polynomial, × `SCALE`: at most 1e-7 of itself off, exactly 1 and 2 at the ends. From x^5 down. */
const POLYNOMIAL = [8_071_612, 38_616_031, 239_739_387, 1_031_476_217, 2_977_064_049, SCALE]

const LEAST_MS = 1_000
const MOST_MS = 365 * 86_400_000
/** Values of at most 15 digits leave room for 10^8 of the widest in 128 bits. */
const MOST_DIGITS = 15

type Options = Readonly<Record<string, Option>>

/** The half-life in ms. */
export const halfLifeOf = ({ options }: { readonly options: Options }): number =>
  (options['halfLife'] as { readonly ms: number }).ms

export const refusesHalfLife = (word: string, type: Type, told: string, options: Options): Refusal | null => {
  const ms = options['halfLife'] === undefined ? 0 : halfLifeOf({ options })
  if (!(ms >= LEAST_MS && ms <= MOST_MS))
    return { wrong: `'halfLife' takes 1 s to 365 days, not ${ms} ms`, cure: 'write { halfLife: hours(1) }' }
  if (!isExact(type))
    return {
      wrong: `'${word}' weighs exact values, and ${told} is a double`,
      cure: 'use an int or a decimal field',
    }
  return type.digits > MOST_DIGITS
    ? {
        wrong: `'${word}' weighs values of at most ${MOST_DIGITS} digits, and ${told} has ${type.digits}`,
        cure: 'take a value of fewer digits such as decimal(12, 2)',
      }
    : null
}

/** The weight of a moment `since` ms into its half-life. All products are below 2^53. */
const weightOf = (since: number, halfLife: number): number => {
  const step = Math.floor((since * STEPS) / halfLife)
  return POLYNOMIAL.reduce((sum, factor) => Math.floor((sum * step) / STEPS) + factor, 0)
}

/** Adds a value at a time; `sums` is changed. */
export const addAt = (sums: Totals, value: Exact, at: number, halfLife: number): Totals => {
  const period = floorDiv(at, halfLife)
  const size = sums?.size ?? 0
  const weight = weightOf(at - period * halfLife, halfLife)
  const added = addTotal(sums, String(period), multiplyExact(value, weight))
  return added.size > size ? withoutOld(added) : added
}

/** `into` is changed, `from` is not. */
export const mergeSums = (into: Totals, from: Totals): Totals => withoutOld(mergeTotals(into, from))

export const takeSums = (into: Totals, items: readonly string[] | null): Totals =>
  mergeSums(into, totalsOf(items))

const newestOf = (sums: NonNullable<Totals>): bigint =>
  [...sums.keys()].map(BigInt).reduce((newest, period) => (period > newest ? period : newest))

const withoutOld = (sums: Totals): Totals => {
  if (sums === null || sums.size < 2) return sums
  const oldest = newestOf(sums) - KEPT
  for (const period of sums.keys()) if (BigInt(period) <= oldest) sums.delete(period)
  return sums
}

/** All of them as they weigh at the start of the newest half-life, × `SCALE`; each is cut to an integer. */
export const summed = (sums: Totals): { readonly total: number; readonly newest: number } | null => {
  if (sums === null) return null
  const newest = newestOf(sums)
  let total: Exact = 0
  for (const [period, sum] of sums)
    total = addExact(total, normalizeExact(BigInt(sum) / 2n ** (newest - BigInt(period))))
  return { total: Number(total), newest: Number(newest) }
}

/** What such a total is at a moment. */
export const decayedTo = (asOf: number, total: number, newest: number, halfLife: number): number => {
  const period = floorDiv(asOf, halfLife)
  return (total / SCALE) * 2 ** (newest - period - (asOf - period * halfLife) / halfLife)
}

/** The items of sums over rows: period and weighted value. */
export const sumsSql = (
  value: string,
  at: string,
  only: string | null,
  halfLife: number,
  dialect: SqlDialect,
): string => {
  const period = floorDivSql(dialect, at, halfLife)
  const step = dialect.integerDivide(`((${at} - ${period} * ${halfLife}) * ${STEPS})`, String(halfLife))
  const weight = dialect.bind(step, (s) =>
    POLYNOMIAL.reduce(
      (sum, factor) => `(${dialect.integerDivide(`(${sum} * ${s})`, String(STEPS))} + ${factor})`,
      '0',
    ),
  )
  const amount = `${dialect.wide(value)} * ${dialect.wide(weight)}`
  return withoutOldSql(dialect.aggregates.sumByKey(dialect.textOf(period), amount, only), dialect)
}

export const mergedSumsSql = (column: string, rows: string, dialect: SqlDialect): string =>
  withoutOldSql(dialect.aggregates.sumItems(`s.${column}`, rows), dialect)

const periodOf = (item: string, dialect: SqlDialect): string => dialect.integerOf(dialect.items.key(item))

const newestSql = (list: string, dialect: SqlDialect): string =>
  dialect.fold(
    dialect.map(list, (item) => periodOf(item, dialect)),
    String(-(2 ** 53)),
    (newest, period) => `greatest(${newest}, ${period})`,
  )

const withoutOldSql = (sums: string, dialect: SqlDialect): string =>
  dialect.bind(sums, (list) =>
    dialect.bind(newestSql(list, dialect), (newest) =>
      dialect.filter(list, (item) => `${periodOf(item, dialect)} > ${newest} - ${KEPT}`),
    ),
  )

/** `answer` of the total of a list of sums, a double, and of the newest half-life. */
export const summedSql = (
  list: string,
  dialect: SqlDialect,
  answer: (total: string, newest: string) => string,
): string =>
  dialect.bind(newestSql(list, dialect), (newest) => {
    const parts = dialect.map(list, (item) => {
      const age = `greatest(${newest} - ${periodOf(item, dialect)}, 0)`
      return dialect.integerDivide(dialect.items.total(item), dialect.shiftLeft(dialect.wide('1'), age))
    })
    return answer(`CAST(${dialect.total(parts)} AS ${dialect.cellType({ kind: 'number' })})`, newest)
  })

export const decayedToSql = (
  asOf: string,
  total: string,
  newest: string,
  halfLife: number,
  dialect: SqlDialect,
): string => {
  const double = (x: string): string => `CAST(${x} AS ${dialect.cellType({ kind: 'number' })})`
  const period = floorDivSql(dialect, asOf, halfLife)
  const power = `${double(`(${newest} - ${period})`)} - ${double(`(${asOf} - ${period} * ${halfLife})`)} / ${dialect.double(halfLife)}`
  return dialect.finite(`(${total} / ${dialect.double(SCALE)} * ${dialect.powerOfTwo(`(${power})`)})`)
}
