import { ByteReader, reserve } from '@tidewater/base'
import type { ByteSink } from '@tidewater/base'
import fc from 'fast-check'
import { JsBody, isExact } from '@tidewater/expr'
import type { AggregateCall, Type, Value } from '@tidewater/expr'
import { describe, expect, it } from 'vitest'
import { AGGREGATES, aggregateOf } from './index.ts'
import type { ColumnValue, Plain } from './index.ts'

/** One row as an aggregate sees it. */
interface Seen {
  readonly value: Value
  readonly key: string | null
  readonly at: number
  readonly partition: number
  readonly offset: number
}

type Slots = unknown[]

interface Laws {
  zero(): Slots
  add(slots: Slots, row: Seen): void
  merge(into: Slots, from: Slots): void
  take(slots: Slots, row: { readonly tile: number; readonly values: readonly ColumnValue[] }): void
  present(slots: Slots, asOf: number): Value
  write(slots: Slots, bytes: Uint8Array, at: number): number
  bound(slots: Slots): number
  read(reader: ByteReader): Slots
}

/** The aggregate's generated code over plain arrays. */
const lawsOf = (call: AggregateCall): Laws => {
  const body = new JsBody()
  const code = aggregateOf(call).code(call, body)
  const names = (of: string): string[] => code.zeros.map((_, n) => `${of}[${n}]`)
  const [slots, from] = [names('s'), names('f')]
  const input = {
    value: call.arg === null ? null : { source: 'r.value', nullable: true },
    key: { source: 'r.key', nullable: true },
    at: 'r.at',
    partition: 'r.partition',
    offset: 'r.offset',
  }
  const columns = aggregateOf(call).columns(call, 'c')
  const row = { tile: 'k.tile', values: columns.map((_, n) => `k.values[${n}]`) }
  return body.build<Laws>(
    `return {
    zero: () => [${code.zeros.join(', ')}],
    add: (s, r) => { ${code.add(slots, input)} },
    merge: (s, f) => { ${code.merge(slots, from)} },
    take: (s, k) => { ${code.take(slots, row)} },
    present: (s, asOf) => ${code.present(slots, { asOf: 'asOf', read: call.read }).source},
    write: (s, bytes, at) => { ${code.bytes.write(slots)} return at; },
    bound: (s) => ${code.bytes.sized} + ${code.bytes.bound(slots) ?? 0},
    read: (r) => [${code.bytes.reads.map((read) => `(${read})`).join(', ')}],
  }`,
  )
}

/** Few different values, times and offsets, so that ties and repeats are common; some sums pass 2^53. */
const VALUES: readonly { readonly type: Type; readonly value: fc.Arbitrary<Value> }[] = [
  {
    type: { kind: 'decimal', digits: 15, scale: 3 },
    value: fc.oneof(
      fc.constantFrom<Value>(0, 1, -1, 5, 999_999_999_999_999, -999_999_999_999_999, null),
      fc.integer(),
    ),
  },
  {
    type: { kind: 'int', digits: 18 },
    value: fc.oneof(fc.constantFrom<Value>(900_000_000_000_000_000n, 0, 7, null), fc.integer()),
  },
  // Multiples of 1/64 add up exactly in any order.
  {
    type: { kind: 'number' },
    value: fc.oneof(
      fc.integer({ min: -64_000, max: 64_000 }).map((n) => n / 64),
      fc.constant(null),
    ),
  },
  { type: { kind: 'text' }, value: fc.constantFrom<Value>('', 'a', 'b', 'ü', '🙂', null) },
  { type: { kind: 'boolean' }, value: fc.constantFrom<Value>(true, false, null) },
]

const KEY = { op: 'field', name: 'key', type: { kind: 'text' }, optional: true } as const

/** Every aggregate of the list over everything it takes, with every option and reading of its own. */
const cases = Object.keys(AGGREGATES).flatMap((fn) => {
  const aggregate = aggregateOf({ fn })
  const takes = (type: Type): boolean => aggregate.of === 'values' || isExact(type) || type.kind === 'number'
  const options = Object.entries(aggregate.options ?? {}).reduce<AggregateCall['options'][]>(
    (all, [name, values]) => all.flatMap((some) => values.map((value) => ({ ...some, [name]: value }))),
    [{}],
  )
  const taken = aggregate.of === 'nothing' ? [] : VALUES.filter(({ type }) => takes(type))
  const counted = aggregate.of === 'nothing' || aggregate.keyed === true ? [null] : []
  return [...counted, ...taken].flatMap((values) =>
    options
      .filter((own) => values === null || (aggregate.refuses?.(values.type, 'x', own) ?? null) === null)
      .flatMap((own) =>
        (aggregate.reads ?? [null]).map((read) => ({
          name: [fn, values?.type.kind, JSON.stringify(own), read]
            .filter((part) => typeof part === 'string' && part !== '{}')
            .join(' '),
          value: values?.value ?? fc.constant(null),
          call: {
            fn,
            arg: values && ({ op: 'field', name: 'value', type: values.type, optional: true } as const),
            ...(aggregate.keyed === true ? { by: KEY } : {}),
            where: null,
            window: null,
            options: own,
            read,
          },
        })),
      ),
  )
})

const place = fc.record({
  at: fc.integer({ min: -3, max: 3 }).map((n) => n * 600),
  partition: fc.integer({ min: 0, max: 2 }),
})

const rowsOf = (value: fc.Arbitrary<Value>): fc.Arbitrary<Seen[]> =>
  fc
    .array(fc.record({ value, key: fc.constantFrom('', 'a', 'b c', 'ü', '🙂', '\uffee', null), place }), {
      maxLength: 12,
    })
    .map((rows) => rows.map(({ value, key, place }, offset) => ({ value, key, ...place, offset })))

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

const ASOF = [-1_800, -601, 0, 1_200, 61_800]

/** What all rows mean at some moments; exact numbers as bigints. */
const meant = (call: AggregateCall, rows: readonly Seen[]): readonly Plain[] => {
  const known = rows
    .filter(
      ({ value, key }) => (call.arg === null || value !== null) && (call.by === undefined || key !== null),
    )
    .sort((a, b) => a.at - b.at || a.partition - b.partition || a.offset - b.offset)
    .map(({ value, ...row }) => ({
      ...row,
      value: call.arg !== null && isExact(call.arg.type) ? BigInt(value as number) : value,
    }))
  return ASOF.map((asOf) => aggregateOf(call).meaning(known, call, asOf))
}

describe.each(cases)('$name', ({ call, value }) => {
  const laws = lawsOf(call)
  const rows = rowsOf(value)
  const { type } = aggregateOf(call).answer(call.arg?.type ?? null, call.read)

  const presents = (state: Slots, all: readonly Seen[]): void => {
    const expected = meant(call, all)
    const size = all.reduce((sum, { value }) => sum + Math.abs(Number(value)), 0)
    ASOF.forEach((asOf, n) => {
      const actual = laws.present(state, asOf)
      if (type.kind === 'number' && typeof actual === 'number')
        expect(Math.abs(actual - Number(expected[n]))).toBeLessThanOrEqual(
          1e-9 * Math.max(size, Math.abs(Number(expected[n]))),
        )
      else if (Array.isArray(actual)) expect(actual.map(String)).toEqual((expected[n] as Plain[]).map(String))
      else expect(actual !== null && isExact(type) ? BigInt(actual as number) : actual).toBe(expected[n])
    })
  }

  it('presents what its meaning says of all rows, in any order', () => {
    fc.assert(
      fc.property(rows, fc.func(fc.integer()), (all, order) => {
        const shuffled = [...all].sort((a, b) => order(a.offset) - order(b.offset))
        presents(stateOf(laws, shuffled), all)
      }),
    )
  })
  it('merges the parts of any division into the whole, through bytes and rows', () => {
    fc.assert(
      fc.property(rows, fc.func(fc.integer({ min: 0, max: 2 })), (all, part) => {
        const parts = [0, 1, 2].map((n) =>
          stateOf(
            laws,
            all.filter(({ offset }) => part(offset) === n),
          ),
        )
        presents(merged(laws, ...parts), all)
        presents(merged(laws, ...parts.map((state) => throughBytes(laws, state)).reverse()), all)
        presents(merged(laws, ...parts.map((state) => throughRows(laws, call, state))), all)
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
        const before = throughBytes(laws, a)
        const left = merged(laws, merged(laws, a, b), c)
        const right = merged(laws, a, merged(laws, b, c))
        expect(left).toEqual(right)
        expect(merged(laws, a, laws.zero())).toEqual(a)
        expect(merged(laws, laws.zero(), a)).toEqual(a)
        expect(throughBytes(laws, a)).toEqual(before)
      }),
    )
  })
})

const throughBytes = (laws: Laws, state: Slots): Slots => {
  const out: ByteSink = { bytes: new Uint8Array(2), length: 1 }
  const bytes = reserve(out, laws.bound(state))
  const end = laws.write(state, bytes, 1)
  expect(end).toBeLessThanOrEqual(1 + laws.bound(state))
  const reader = new ByteReader()
  reader.reset(bytes, 1)
  const read = laws.read(reader)
  expect(reader.at).toBe(end)
  expect(read).toEqual(state)
  return read
}

const throughRows = (laws: Laws, call: AggregateCall, state: Slots): Slots => {
  const aggregate = aggregateOf(call)
  const rows =
    aggregate.keeps === 'rows' ? aggregate.rowsOf(state[0]) : [{ tile: 0, values: aggregate.rowOf(state) }]
  const taken = laws.zero()
  for (const row of rows) laws.take(taken, row)
  expect(taken).toEqual(state)
  return taken
}
