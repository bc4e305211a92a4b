import type { ScalarType, Type } from '@tidewater/expr'
import { INT_DIGITS } from '@tidewater/expr'
import type { EventDefinition, FieldDefinition, StreamDefinition } from './definition.ts'
import { present, textLike } from './fields.ts'
import { mistake } from './mistake.ts'

/** The widest decimal that a field of an event holds, in digits. */
const DECIMAL_DIGITS = 18
/** Copies of what the platform sends are told for ever: each was sent with the place of the record it was made of. */
const FOR_EVER = Number.MAX_SAFE_INTEGER

/** The fields of what a stream sends, and which of them is its time: that of the record a row is made of. */
export const sentBy = (stream: Pick<StreamDefinition, 'fields' | 'time'>): [FieldDefinition[], string] => {
  const at = stream.fields.find(({ expr }) => expr.op === 'field' && expr.name === stream.time)
  if (at === undefined)
    throw mistake(
      `a stream with a key of its own keeps the time of its records, and no field is '${stream.time}'`,
      `add it: select: (e) => ({ …, ${stream.time}: e.${stream.time} })`,
    )
  return [madeFields(stream), at.name]
}

/** The fields of what is made, as those of an event. */
export const madeFields = ({ fields }: Pick<StreamDefinition, 'fields'>): FieldDefinition[] =>
  fields.map(({ name, expr }) => ({ name, type: storable(name, expr.type), optional: expr.optional }))

/** The key that was asked for, among the fields. */
export const sentKey = (fields: readonly FieldDefinition[], key: unknown): string =>
  textLike(present(fields, key)).name

export const storable = (name: string, type: Type): ScalarType => {
  if (type.kind === 'list') throw mistake(`'${name}' is a list, and a record has none`)
  const most = type.kind === 'int' ? INT_DIGITS : DECIMAL_DIGITS
  if ((type.kind === 'int' || type.kind === 'decimal') && type.digits > most)
    throw mistake(
      `'${name}' may need ${type.digits} digits, and ${type.kind === 'int' ? 'an int' : 'a decimal'} in a record has at most ${most}`,
      'work it out in the view instead, or declare narrower fields',
    )
  return type
}

/** A stream whose rows have a log of their own. */
export type SentStream = StreamDefinition & { readonly key: string }

export const isSent = (stream: StreamDefinition): stream is SentStream => stream.key !== null

/** The event whose records a stream's rows are. `event` is the one they are made of. */
export const logOf = (stream: SentStream, event: EventDefinition): EventDefinition => {
  const [fields, time] = sentBy(stream)
  const { name, doc, key } = stream
  const { latenessMs } = event
  return {
    kind: 'event',
    name,
    doc,
    fields,
    key,
    time,
    latenessMs,
    horizonMs: FOR_EVER,
    dedupe: null,
    madeBy: stream,
  }
}
