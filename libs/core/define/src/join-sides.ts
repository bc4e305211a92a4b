import { everyPart } from '@tidewater/expr'
import type { Expr, ScalarType } from '@tidewater/expr'
import type { EventDefinition, FieldDefinition } from './definition.ts'
import { numberLiteral } from './literal.ts'
import { familyOf } from './node.ts'
import type { JoinDefinition, SideDefinition } from './operator-definition.ts'
import { storable } from './sent-stream.ts'
import { allOf } from './source.ts'
import type { SourceRows } from './source.ts'

/**
 * What a join reads: one log of both sides, sent like a stream with a key. In it the order of the sides is fixed, one offset is its
 * cut, and no two partitions must be owned or cut together. A record has
 *
 * - `side`: 'left' or 'right', and `at`: its time
 * - `key`: the first field of `on`, '' or 0 where a left row that is kept without a right one lacks it
 * - `on_x`: the other fields of `on`, and the first where it may be missing
 * - `left_x` or `right_x`: what the join's fields need of it
 * - `origins`: how many partitions its own log had, for a side has moved on only when all of them have
 */
interface Parts extends Pick<JoinDefinition, 'keep' | 'fields' | 'on'> {
  readonly left: SourceRows
  readonly right: SourceRows
}

const BOOLEAN = { kind: 'boolean' } as const
/** What a sender knows of its own log. */
export const ORIGINS: FieldDefinition = { name: 'origins', type: { kind: 'int', digits: 9 }, optional: true }

export const sidesOf = (
  name: string,
  parts: Parts,
): Pick<JoinDefinition, 'from' | 'left' | 'right' | 'on'> => {
  const { keep, left } = parts
  const mayLack = (on: FieldDefinition): boolean =>
    keep === 'left' && (fieldOf(left, on.name)?.optional ?? false)
  const on = parts.on.map((field, n) => ({
    ...field,
    name: n === 0 && !mayLack(field) ? 'key' : `on_${field.name}`,
    optional: mayLack(field),
  }))
  return {
    from: `${name}Sides`,
    left: sideOf(name, 'left', parts, on),
    right: sideOf(name, 'right', parts, on),
    on,
  }
}

const fieldOf = (source: SourceRows, name: string): Expr | undefined =>
  source.fields.find((field) => field.name === name)?.expr

const sideOf = (
  name: string,
  side: 'left' | 'right',
  { left, right, keep, fields, on: asked }: Parts,
  on: readonly FieldDefinition[],
): SideDefinition => {
  const source = side === 'left' ? left : right
  const used = new Set(
    fields.flatMap(({ expr }) => everyPart(expr)).flatMap((part) => (part.op === 'field' ? [part.name] : [])),
  )
  const joined = asked.map((field, n) => ({
    name: on[n]?.name ?? field.name,
    expr: fieldOf(source, field.name) as Expr,
  }))
  const keyed = joined[0]?.name === 'key' ? [] : [{ name: 'key', expr: filled(joined[0]?.expr as Expr) }]
  const isKept = side === 'left' && keep === 'left'
  const unmet = isKept ? [] : joined.filter(({ expr }) => expr.optional)
  return {
    kind: 'stream',
    name: `${name}${side === 'left' ? 'Left' : 'Right'}`,
    doc: null,
    from: source.event,
    through: source.through,
    where: allOf([
      ...(source.where === null ? [] : [source.where]),
      ...unmet.map(({ expr }): Expr => ({ op: 'isKnown', type: BOOLEAN, optional: false, args: [expr] })),
    ]),
    fields: [
      { name: 'side', expr: { op: 'literal', type: SIDE, optional: false, value: side } },
      ...keyed,
      ...joined,
      { name: 'at', expr: { op: 'field', name: source.time, type: { kind: 'instant' }, optional: false } },
      ...source.fields
        .filter((field) => used.has(`${side}.${field.name}`))
        .map((field) => ({ name: `${side}_${field.name}`, expr: field.expr })),
    ],
    time: source.time,
    key: 'key',
  }
}

const SIDE: ScalarType = { kind: 'oneOf', values: ['left', 'right'] }

/** A value to keep a row by that has none. */
const filled = (expr: Expr): Expr => {
  const text: Expr = { op: 'literal', type: { kind: 'text' }, optional: false, value: '' }
  const other = familyOf(expr.type) === 'text' ? text : numberLiteral(0, expr.type)
  return { op: 'orElse', type: other === text ? text.type : expr.type, optional: false, args: [expr, other] }
}

/** The event of a join's sides. */
export const sidesLog = (
  join: JoinDefinition,
  left: EventDefinition,
  right: EventDefinition,
): EventDefinition => {
  const shared = new Map(join.on.map((field) => [field.name, field]))
  const own = [...join.left.fields, ...join.right.fields].map(({ name, expr }): FieldDefinition => {
    const optional = !['side', 'key', 'at'].includes(name)
    return { name, type: shared.get(name)?.type ?? storable(name, expr.type), optional }
  })
  return {
    kind: 'event',
    name: join.from,
    doc: `Both sides of ${join.name}, in the order in which they are joined.`,
    fields: [...new Map([...own, ORIGINS].map((field) => [field.name, field])).values()],
    key: 'key',
    time: 'at',
    latenessMs: Math.max(left.latenessMs, right.latenessMs),
    horizonMs: Number.MAX_SAFE_INTEGER,
    dedupe: null,
    madeBy: join,
  }
}

/** Whether it is the log of a join's sides, which nobody is shown. */
export const isSides = ({ name, madeBy }: EventDefinition): boolean =>
  madeBy?.kind === 'join' && madeBy.from === name
