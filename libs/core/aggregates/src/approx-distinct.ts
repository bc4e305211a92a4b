import { md5Prefix, putCount } from '@tidewater/base'
import type { ByteReader } from '@tidewater/base'
import type { SqlDialect, Value } from '@tidewater/expr'
import { never, only, whenKnown } from './aggregate.ts'
import type { ColumnsAggregate } from './aggregate.ts'
import { INT, NUMBER } from './column.ts'
import type { Meaning } from './meaning.ts'

/**
 * HyperLogLog (Flajolet and others, 2007): the first 12 of 48 bits of a value's hash choose one of 4,096 registers, which keeps
 * the greatest rank seen: the place of the first 1 in the other 36 bits, 37 when there is none. A register is a function of the set
 * of values, and the greatest of two merges them. Null: no register is filled.
 */
type Registers = Map<number, number> | null

const REGISTERS = 2 ** 12
const REST_BITS = 36
const REST = 2 ** REST_BITS
const HIGHEST = REST_BITS + 1
/** Room for a rank beside the register's number in an item of the kept list. */
const ROOM = 64
/** Corrects the mean of that many registers. */
const BIAS = 0.7213 / (1 + 1.079 / REGISTERS)
/** Up to here, empty registers tell more than full ones. */
const FEW = 2.5 * REGISTERS

/** The register and rank of a value, as an item of the list. */
const itemOf = (value: Value): number => {
  const hash = md5Prefix(String(value))
  const rest = hash % REST
  const high = Math.floor(rest / 2 ** 8)
  const bits = high > 0 ? 40 - Math.clz32(high) : 32 - Math.clz32(rest)
  return Math.floor(hash / REST) * ROOM + HIGHEST - bits
}

const addItem = (registers: Registers, item: number): Registers => {
  const [register, rank] = [Math.floor(item / ROOM), item % ROOM]
  const kept = registers ?? new Map<number, number>()
  return rank > (kept.get(register) ?? 0) ? kept.set(register, rank) : kept
}

const addValue = (registers: Registers, value: Value): Registers => addItem(registers, itemOf(value))

const itemsOf = (registers: Registers): readonly number[] =>
  [...(registers ?? [])].map(([register, rank]) => register * ROOM + rank).sort((a, b) => a - b)

const addItems = (into: Registers, items: readonly number[] | null): Registers =>
  (items ?? []).reduce(addItem, into)

/** `into` is changed, `from` is not. */
const mergeRegisters = (into: Registers, from: Registers): Registers => addItems(into, itemsOf(from))

/** Every sum is an integer below 2^53, so engines differ by no rounding. */
const estimate = (registers: Registers): number => {
  const empty = REGISTERS - (registers?.size ?? 0)
  let sum = empty * 2 ** HIGHEST
  for (const rank of registers?.values() ?? []) sum += 2 ** (HIGHEST - rank)
  return estimated(sum, empty)
}

const estimated = (sum: number, empty: number): number => {
  const raw = (BIAS * REGISTERS * REGISTERS * 2 ** HIGHEST) / sum
  return Math.floor((raw <= FEW && empty > 0 ? REGISTERS * Math.log(REGISTERS / empty) : raw) + 0.5)
}

export const approxDistinct: ColumnsAggregate = {
  doc: 'About how many different values there are, with a standard error of 1.6 % (three times as much once in 370); of nothing 0.',
  keeps: 'columns',
  of: 'values',
  refuses: ({ kind }, told) =>
    kind === 'number'
      ? {
          wrong: `'approxDistinct' cannot tell doubles apart, and ${told} is one`,
          cure: 'use a decimal field',
        }
      : null,
  answer: () => ({ type: INT, optional: false }),
  columns: (_call, name) => [{ name, type: INT, list: true }],
  code(_call, body) {
    const [add, merge] = [body.constant(addValue), body.constant(mergeRegisters)]
    return {
      zeros: ['null'],
      add: (slots, { value }) =>
        whenKnown(value, `${only(slots)} = ${add}(${only(slots)}, ${value?.source});`),
      merge: (into, from) => `${only(into)} = ${merge}(${only(into)}, ${only(from)});`,
      take: ([slot = ''], { values }) => `${slot} = ${body.constant(addItems)}(${slot}, ${only(values)});`,
      present: (slots) => ({ source: `${body.constant(estimate)}(${only(slots)})`, nullable: false }),
      incomplete: never,
      bytes: {
        write: (slots) => `at = ${body.constant(putRegisters)}(bytes, at, ${only(slots)});`,
        reads: [`${body.constant(readRegisters)}(r)`],
        sized: 9,
        bound: (slots) => `(${only(slots)} === null ? 0 : ${only(slots)}.size * 3)`,
      },
    }
  },
  rowOf: ([registers]) => [itemsOf(registers as Registers)],
  sql: (_call, [kept = ''], dialect) => ({
    add: ({ value, only }) => [
      dialect.greatestOfEach(
        dialect.aggregates.distinct(itemSql(value ?? '', dialect), REGISTERS * ROOM, INT, only),
        ROOM,
      ),
    ],
    merge: (rows) => [
      dialect.greatestOfEach(
        dialect.aggregates.distinctOfLists(`s.${kept}`, REGISTERS * ROOM, INT, rows),
        ROOM,
      ),
    ],
    present: ([list = '']) => estimateSql(list, dialect),
  }),
  meaning: (rows, call, asOf) => plainEstimate(rows, call, asOf),
}

const itemSql = (value: string, dialect: SqlDialect): string =>
  dialect.bind(dialect.md5Prefix(value), (hash) => {
    // One bit more at the end, so that there is always a first 1.
    const bits = dialect.bitLength(`(${hash} % ${REST} * 2 + 1)`)
    const item = `${dialect.integerDivide(hash, String(REST))} * ${ROOM} + ${HIGHEST + 1} - ${bits}`
    return `CAST(${item} AS ${dialect.cellType(INT)})`
  })

const estimateSql = (list: string, dialect: SqlDialect): string => {
  const double = (x: string): string => `CAST(${x} AS ${dialect.cellType(NUMBER)})`
  const empty = `(${REGISTERS} - ${dialect.length(list)})`
  const filled = dialect.fold(
    list,
    '0',
    (so, item) => `${so} + ${dialect.shiftLeft(dialect.wide('1'), `${HIGHEST} - ${item} % ${ROOM}`)}`,
  )
  const scaled = dialect.double(BIAS * REGISTERS * REGISTERS * 2 ** HIGHEST)
  const few = `${dialect.double(REGISTERS)} * ln(${dialect.double(REGISTERS)} / ${double(`greatest(${empty}, 1)`)})`
  const answer = dialect.bind(
    `(${scaled} / ${double(`(${filled} + ${empty} * ${2 ** HIGHEST})`)})`,
    (raw) =>
      `floor(CASE WHEN ${raw} <= ${dialect.double(FEW)} AND ${empty} > 0 THEN ${few} ELSE ${raw} END + 0.5e0)`,
  )
  return `CAST(${answer} AS ${dialect.cellType(INT)})`
}

/** The byte form: how many registers, then each as its item. */
const putRegisters = (bytes: Uint8Array, from: number, registers: Registers): number => {
  let at = putCount(bytes, from, registers?.size ?? 0)
  for (const item of itemsOf(registers)) at = putCount(bytes, at, item)
  return at
}

const readRegisters = (reader: ByteReader): Registers => {
  let registers: Registers = null
  for (let left = reader.count(); left > 0; left--) registers = addItem(registers, reader.count())
  return registers
}

/** From the hashes written out as 0s and 1s. */
const plainEstimate: Meaning = (rows) => {
  const ranks: Record<string, number> = {}
  for (const value of new Set(rows.map(({ value }) => value))) {
    const bits = md5Prefix(String(value as Value))
      .toString(2)
      .padStart(48, '0')
    const register = bits.slice(0, 12)
    ranks[register] = Math.max(ranks[register] ?? 0, `${bits.slice(12)}1`.indexOf('1') + 1)
  }
  const filled = Object.values(ranks)
  const empty = 4096 - filled.length
  const raw =
    ((0.7213 / (1 + 1.079 / 4096)) * 4096 ** 2) / filled.reduce((sum, rank) => sum + 2 ** -rank, empty)
  return BigInt(Math.round(empty > 0 && raw <= 10_240 ? 4096 * Math.log(4096 / empty) : raw))
}
