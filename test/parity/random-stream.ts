import { stream } from 'tidewater'
import { accepted } from './accepted.ts'
import { eventLeaves, randomFlag, randomInstant, randomNumber, randomText } from './random-expr.ts'
import type { Leaves, Loose } from './random-expr.ts'
import type { Schema } from './random-schema.ts'
import type { Random } from './random.ts'

const define = stream as unknown as (name: string, literal: unknown) => unknown

/** The schema's event, or a stream of up to three steps over it that has fields of the same names. */
export const randomSource = (random: Random, schema: Schema, name: string): unknown =>
  random
    .times(random.pick([0, 0, 0, 1, 1, 2, 3]), (step) => `${name}Step${step}`)
    .reduce<unknown>((source, step) => randomStream(random, schema, source, step), schema.source)

/** A stream that keeps the names of all fields, some with another value: what reads the event reads it too. */
export const randomStream = (random: Random, schema: Schema, source: unknown, name: string): unknown =>
  accepted(name, () => {
    const leavesOf = (row: unknown): Leaves =>
      eventLeaves(random, row as Readonly<Record<string, Loose>>, schema)
    return define(name, {
      from: source,
      ...(random.chance(0.6) ? { where: (row: unknown) => randomFlag(random, leavesOf(row), 2) } : {}),
      ...(random.chance(0.8)
        ? { select: (row: Cells) => ({ ...row, ...others(random, leavesOf(row)) }) }
        : {}),
    })
  })

type Cells = Readonly<Record<string, Loose>>

const others = (random: Random, leaves: Leaves): Cells => {
  const number = (): Loose => randomNumber(random, leaves, random.int(0, 2))
  const makers: Readonly<Record<string, () => Loose>> = {
    at: () => randomInstant(random, leaves),
    userId: () => randomText(random, leaves),
    kind: () => randomText(random, leaves),
    label: () => randomText(random, leaves),
    ref: () => randomText(random, leaves),
    quantity: number,
    amount: number,
    reading: number,
    flag: () => randomFlag(random, leaves, 1),
    seenAt: () => randomInstant(random, leaves),
  }
  const chosen = Object.entries(makers).filter(() => random.chance(0.4))
  return Object.fromEntries(chosen.map(([field, make]) => [field, make()]))
}
