import fc from 'fast-check'
import { JsBody } from '@tidewater/expr'
import type { AggregateFn, Type, Value } from '@tidewater/expr'
import { describe, expect, it } from 'vitest'
import { AGGREGATES } from './index.ts'

/** One row as an aggregate sees it. */
interface Seen {
  readonly value: Value
  readonly at: number
  readonly partition: number
  readonly offset: number
}

type Slots = unknown[]

interface Laws {
  zero(): Slots
  add(slots: Slots, row: Seen): void
  merge(into: Slots, from: Slots): void
  present(slots: Slots): Value
}

const SLOTS = ['s[0]', 's[1]', 's[2]', 's[3]']
const FROM = ['f[0]', 'f[1]', 'f[2]', 'f[3]']

/** The aggregate's generated code over plain arrays. */
const lawsOf = (fn: Exclude<AggregateFn, 'session'>, type: Type, atMost: number | null = null): Laws => {
  const body = new JsBody()
  const arg = { op: 'field', name: 'value', type, optional: true } as const
  const call = { fn, arg, where: null, atMost, gapMs: null }
  const code = AGGREGATES[fn].code(call, body)
  const width = AGGREGATES[fn].columns(call, 'c').length
  const [slots, from] = [SLOTS.slice(0, width), FROM.slice(0, width)]
  const input = {
    value: { source: 'r.value', nullable: true },
    at: 'r.at',
    partition: 'r.partition',
    offset: 'r.offset',
  }
  return body.build<Laws>(`return {
    zero: () => [${code.zeros.join(', ')}],
    add: (s, r) => { ${code.add(slots, input)} },
    merge: (s, f) => { ${code.merge(slots, from)} },
    present: (s) => ${code.present(slots).source},
  }`)
}

const DECIMAL: Type = { kind: 'decimal', digits: 18, scale: 3 }

/** Few different values, times and offsets, so that ties and repeats are common; some sums pass 2^53. */
const exactValue = fc.oneof(
  fc.constantFrom<Value>(
    0,
    1,
    -1,
    5,
    Number.MAX_SAFE_INTEGER,
    -Number.MAX_SAFE_INTEGER,
    900_000_000_000_000_000n,
    null,
  ),
  fc.integer(),
)
const textValue = fc.constantFrom<Value>('', 'a', 'b', 'ü', '🙂', null)
const place = fc.record({ at: fc.integer({ min: -3, max: 3 }), partition: fc.integer({ min: 0, max: 2 }) })

const rowsOf = (value: fc.Arbitrary<Value>): fc.Arbitrary<Seen[]> =>
  fc
    .array(fc.record({ value, place }), { maxLength: 12 })
    .map((rows) => rows.map(({ value, place }, offset) => ({ value, ...place, offset })))

const stateOf = (laws: Laws, rows: readonly Seen[]): Slots => {
  const slots = laws.zero()
  for (const row of rows) laws.add(slots, row)
  return slots
}

const merged = (laws: Laws, ...states: readonly Slots[]): Slots => {
  const into = laws.zero()
  for (const state of states) laws.merge(into, state)
  return into
}

const known = (rows: readonly Seen[]): readonly Seen[] => rows.filter(({ value }) => value !== null)
const exactSum = (rows: readonly Seen[]): bigint =>
  known(rows).reduce((sum, { value }) => sum + BigInt(value as number), 0n)
const inOrder = (rows: readonly Seen[]): readonly Seen[] =>
  [...known(rows)].sort((a, b) => a.at - b.at || a.partition - b.partition || a.offset - b.offset)
const least = (rows: readonly Seen[], sign: number): Value =>
  known(rows)
    .map(({ value }) => value)
    .sort((a, b) => (a === b ? 0 : (a as number) < (b as number) ? -sign : sign))[0] ?? null

interface Case {
  readonly name: string
  readonly laws: Laws
  readonly value: fc.Arbitrary<Value>
  readonly oracle: (rows: readonly Seen[]) => Value
}

const cases: readonly Case[] = [
  { name: 'count', laws: lawsOf('count', DECIMAL), value: exactValue, oracle: (rows) => known(rows).length },
  {
    name: 'sum',
    laws: lawsOf('sum', DECIMAL),
    value: exactValue,
    oracle: (rows) => {
      const sum = exactSum(rows)
      return sum >= BigInt(Number.MIN_SAFE_INTEGER) && sum <= BigInt(Number.MAX_SAFE_INTEGER)
        ? Number(sum)
        : sum
    },
  },
  {
    name: 'mean',
    laws: lawsOf('mean', { kind: 'int', digits: 18 }),
    value: exactValue,
    oracle: (rows) => (known(rows).length === 0 ? null : Number(exactSum(rows)) / known(rows).length),
  },
  { name: 'min', laws: lawsOf('min', DECIMAL), value: exactValue, oracle: (rows) => least(rows, 1) },
  { name: 'max', laws: lawsOf('max', DECIMAL), value: exactValue, oracle: (rows) => least(rows, -1) },
  {
    name: 'latest',
    laws: lawsOf('latest', { kind: 'text' }),
    value: textValue,
    oracle: (rows) => inOrder(rows).at(-1)?.value ?? null,
  },
  {
    name: 'earliest',
    laws: lawsOf('earliest', { kind: 'text' }),
    value: textValue,
    oracle: (rows) => inOrder(rows)[0]?.value ?? null,
  },
  {
    name: 'distinct',
    laws: lawsOf('distinct', DECIMAL, 10_000),
    value: exactValue,
    oracle: (rows) => new Set(known(rows).map(({ value }) => value)).size,
  },
  {
    name: 'distinct at most 2',
    laws: lawsOf('distinct', { kind: 'text' }, 2),
    value: textValue,
    oracle: (rows) => {
      const { size } = new Set(known(rows).map(({ value }) => value))
      return size > 2 ? null : size
    },
  },
]

describe.each(cases)('$name', ({ laws, value, oracle }) => {
  const rows = rowsOf(value)
  const present = (state: Slots): Value => laws.present(state)

  it('presents what a recomputation from all rows gives, in any order', () => {
    fc.assert(
      fc.property(rows, fc.func(fc.integer()), (all, order) => {
        const shuffled = [...all].sort((a, b) => order(a.offset) - order(b.offset))
        expect(present(stateOf(laws, shuffled))).toBe(oracle(all))
      }),
    )
  })
  it('merges the parts of any division into the whole', () => {
    fc.assert(
      fc.property(rows, fc.func(fc.integer({ min: 0, max: 2 })), (all, part) => {
        const parts = [0, 1, 2].map((n) =>
          stateOf(
            laws,
            all.filter(({ offset }) => part(offset) === n),
          ),
        )
        expect(present(merged(laws, ...parts))).toBe(oracle(all))
        expect(present(merged(laws, ...parts.reverse()))).toBe(oracle(all))
      }),
    )
  })
  it('is associative, has an identity, and leaves what it merges as it was', () => {
    fc.assert(
      fc.property(rows, rows, rows, (x, y, z) => {
        const state = (rows: readonly Seen[], partition: number): Slots =>
          stateOf(
            laws,
            rows.map((row) => ({ ...row, partition })),
          )
        const [a, b, c] = [state(x, 0), state(y, 1), state(z, 2)]
        const before = present(a)
        const left = merged(laws, merged(laws, a, b), c)
        const right = merged(laws, a, merged(laws, b, c))
        expect(left).toEqual(right)
        expect(merged(laws, a, laws.zero())).toEqual(a)
        expect(merged(laws, laws.zero(), a)).toEqual(a)
        expect(present(a)).toBe(before)
      }),
    )
  })
})
