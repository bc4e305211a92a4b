import type { StreamDefinition } from './definition.ts'
import { at, mistake } from './mistake.ts'
import { inWords } from './operand.ts'
import { definitionName, docOf, optionsOf } from './options.ts'
import { carrying } from './registry.ts'
import { bounded, selected } from './selected.ts'
import { sentBy, sentKey } from './sent-stream.ts'
import { isCallback, sourceOf, whereOf } from './source.ts'
import type { Source, SourceRows } from './source.ts'
import type { AnyFlag, Value } from './value.ts'

/** The values of one row that a stream gives. */
export type Selected = Readonly<Record<string, Value<unknown, 'event'>>>

const WORDS = ['doc', 'from', 'where', 'select', 'key']

/**
 * Defines a stream: some records of an event, as rows of its own. A view reads it like an event.
 *
 * - `from`: an event, or another stream
 * - `where`: which records are rows; all unless said
 * - `select`: the fields of a row; those of `from` unless said
 *
 * - `key`: another key, by which the rows have a log of their own; its rows are then sent like events, each once
 *
 * A row has the key, the time and the place of its record, whether `select` names them or not; with a `key` of its own it has a
 * place of its own, and its time must be among its fields.
 */
export const stream = <R, S extends Selected = R extends Selected ? R : never>(
  name: string,
  definition: {
    doc?: string
    from: Source<R>
    where?: (e: R) => AnyFlag<'event'>
    select?: (e: R) => S
    /** Told when the file is loaded: a field that is never missing. */
    key?: string
  },
): Source<S> => carrying(streamDefinition(name, definition)) as Source<S>

/** Some fields of a row, by name: `pick(e, 'userId', 'at')`. */
export const pick = <R, const N extends readonly (keyof R & string)[]>(
  row: R,
  ...names: N
): Pick<R, N[number]> =>
  // Reading a name that the row lacks throws the row's own sentence.
  Object.fromEntries(names.map((name) => [name, row[name]])) as Pick<R, N[number]>

const streamDefinition = (name: string, literal: unknown): StreamDefinition => {
  definitionName('stream', name)
  const options = at(name, () => optionsOf('stream', literal, WORDS))
  const source = at(`${name}.from`, () => sourceOf(options['from'], 'a stream'))
  at(`${name}.from`, () => notOfItself(name, source))
  const where = at(`${name}.where`, () => bounded(whereOf(options['where'], source)))
  const fields = at(`${name}.select`, () => fieldsOf(name, options['select'], source))
  const { time } = source
  const key = options['key']
  return {
    kind: 'stream',
    name,
    doc: at(`${name}.doc`, () => docOf(options)),
    from: source.event,
    through: source.through,
    ...{ where, fields, time },
    key: key === undefined ? null : at(`${name}.key`, () => sentKey(sentBy({ fields, time })[0], key)),
  }
}

/** The streams between a source and its event, the nearest to the reader first. */
export const streamsOf = (through: StreamDefinition | null): readonly StreamDefinition[] =>
  through === null ? [] : [through, ...streamsOf(through.through)]

export const notOfItself = (name: string, { through, event }: SourceRows): void => {
  const below = [...streamsOf(through).map((stream) => stream.name), event]
  if (below.includes(name))
    throw mistake(
      `${name} is made of itself: ${[name, ...below].join(' from ')}`,
      'let one of them be from an event',
    )
}

const fieldsOf = (name: string, select: unknown, source: SourceRows): StreamDefinition['fields'] => {
  if (select === undefined) return source.fields
  if (!isCallback(select))
    throw mistake(
      `is a function of the event, not ${inWords(select)}`,
      "write select: (e) => pick(e, 'userId', 'at')",
    )
  const fields = selected(name, select(source.row))
  if (fields.length === 0)
    throw mistake('there must be at least one field', 'leave out select to keep all fields')
  return fields
}
