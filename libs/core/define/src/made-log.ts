import type { EventDefinition, FieldDefinition, StreamDefinition } from './definition.ts'
import { present, textLike } from './fields.ts'
import { mistake } from './mistake.ts'
import type { JoinDefinition, PatternDefinition } from './operator-definition.ts'
import { madeFields } from './sent-stream.ts'

type MadeFields = StreamDefinition['fields']

/** Which of the fields their log is kept by: the one that was asked for, else the first that is as it came in one of `known`. */
export const madeKey = (fields: MadeFields, asked: unknown, known: readonly string[]): string => {
  const made = madeFields({ fields })
  if (asked !== undefined) return textLike(present(made, asked)).name
  const found = known.map((name) => plainly(fields, name)).find((field) => field?.expr.optional === false)
  if (found === undefined)
    throw mistake(
      "its rows have a log of their own, and none of its fields is one of 'on'",
      `select one, or say which field they are kept by: key: '${made[0]?.name ?? 'userId'}'`,
    )
  return textLike(present(made, found.name)).name
}

/** Which of the fields is their time: the one that was asked for, else the time of the left row. */
export const madeTime = (fields: MadeFields, asked: unknown, known: string | null): string => {
  const made = madeFields({ fields })
  if (asked !== undefined) return instant(present(made, asked))
  const found = known === null ? undefined : plainly(fields, known)
  if (found === undefined)
    throw mistake(
      "its rows need a time, and the left row's is not selected",
      `add it: select: (left, right) => ({ …, ${known?.replace('left.', '') ?? 'at'}: ${known ?? 'left.at'} }), or say which field it is: time: '…'`,
    )
  return found.name
}

const plainly = (fields: MadeFields, name: string): MadeFields[number] | undefined =>
  fields.find(({ expr }) => expr.op === 'field' && expr.name === name)

const instant = ({ name, type }: FieldDefinition): string => {
  if (type.kind !== 'instant') throw mistake(`'${name}' is ${type.kind}, the time must be an instant`)
  return name
}

/** The event whose records a join's or a pattern's rows are. `from` is the one it reads. */
export const resultsLog = (
  made: JoinDefinition | PatternDefinition,
  from: EventDefinition,
): EventDefinition => {
  const { name, doc, key } = made
  return {
    kind: 'event',
    name,
    doc,
    fields: madeFields(made),
    key,
    ...(made.kind === 'join'
      ? // a pair is as old as its left row, and complete when the right one is there
        { time: made.time, latenessMs: from.latenessMs + made.afterMs }
      : { time: made.timeField, latenessMs: from.latenessMs }),
    horizonMs: Number.MAX_SAFE_INTEGER,
    dedupe: null,
    madeBy: made,
  }
}
