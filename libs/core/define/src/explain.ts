import { formatDuration } from '@tidewater/base'
import { callsOf } from '@tidewater/expr'
import type { EntryType, Type } from '@tidewater/expr'
import { hopOf } from '@tidewater/windows'
import type { Catalog, StreamDefinition, ViewDefinition } from './definition.ts'
import { describe } from './describe.ts'
import { fingerprintOf } from './fingerprint.ts'
import { fieldOf, listFieldOf, sqlNameOf, topicOf } from './names.ts'
import { streamsOf } from './stream.ts'

/** One key or measure of a view, for people and tools. */
export interface ExplainedColumn {
  readonly name: string
  readonly role: 'key' | 'measure'
  readonly type: string
  readonly missing: boolean
  readonly definition: string
}

/** What a view is, in words: the data behind `tidewater explain`. */
export interface Explanation {
  readonly name: string
  readonly doc: string | null
  readonly source: string
  readonly fingerprint: string
  readonly topic: string
  /** The streams it reads the event through, the nearest first. */
  readonly through: readonly string[]
  readonly sql: string
  readonly graphql: readonly string[]
  readonly where: string | null
  readonly window: string | null
  readonly expires: string | null
  readonly top: string | null
  readonly columns: readonly ExplainedColumn[]
  /** Windows of `.last` and `.previous` with the tile each is made of. */
  readonly tiles: readonly string[]
}

/** A type in the words of the language: `decimal(38, 3)`. */
export const typeName = (type: Type | EntryType): string => {
  if (type.kind === 'decimal') return `decimal(${type.digits}, ${type.scale})`
  if (type.kind === 'list') return `list of ${typeName(type.of)}`
  if (type.kind === 'entry') return `text and ${typeName(type.value)}`
  return type.kind === 'oneOf' ? `oneOf(${type.values.map((v) => `'${v}'`).join(', ')})` : type.kind
}

const windowName = (view: ViewDefinition): string | null => {
  if (view.window === null) return null
  return view.window.kind === 'duration'
    ? `tumbling ${formatDuration(view.window.ms)}`
    : `calendar ${view.window.unit}, ${view.window.zone}`
}

const namesOf = (through: StreamDefinition | null): readonly string[] =>
  streamsOf(through).map(({ name }) => name)

export const explainView = (view: ViewDefinition, catalog: Catalog): Explanation => {
  const windows = view.measures
    .flatMap((m) => callsOf(m.expr))
    .flatMap((call) => (call.window === null ? [] : [call.window]))
  const tiles = windows.map(
    (w) => `${w.kind} ${formatDuration(w.ms)} in tiles of ${formatDuration(hopOf(w.ms) ?? w.ms)}`,
  )
  return {
    name: view.name,
    doc: view.doc,
    source: catalog.sources.get(view.name) ?? '',
    fingerprint: fingerprintOf(view, catalog),
    topic: topicOf(view.from),
    through: namesOf(view.through),
    sql: sqlNameOf(view.name),
    graphql: view.window === null ? [fieldOf(view.name), listFieldOf(view.name)] : [fieldOf(view.name)],
    where: view.where === null ? null : describe(view.where),
    window: windowName(view),
    expires: view.expiresMs === null ? null : formatDuration(view.expiresMs),
    top: view.top === null ? null : `${view.top.n} by ${view.top.by}`,
    columns: [
      ...view.keys.map((k) => ({
        name: k.name,
        role: 'key' as const,
        type: typeName(k.expr.type),
        missing: false,
        definition: describe(k.expr),
      })),
      ...view.measures.map((m) => ({
        name: m.name,
        role: 'measure' as const,
        type: typeName(m.expr.type),
        missing: m.expr.optional,
        definition: describe(m.expr),
      })),
    ],
    tiles: [...new Set(tiles)],
  }
}

/** What a stream is, in words, over the fields of its event. */
export interface ExplainedStream extends Pick<Explanation, 'name' | 'doc' | 'source' | 'topic' | 'through'> {
  readonly where: string | null
  /** The topic its rows are sent to, and by which field; null: they are sent nowhere, but read where they stand. */
  readonly sent: { readonly topic: string; readonly key: string } | null
  readonly fields: readonly Pick<ExplainedColumn, 'name' | 'type' | 'missing' | 'definition'>[]
  /** Streams and views that read it. */
  readonly readers: readonly string[]
}

export const explainStream = (stream: StreamDefinition, catalog: Catalog): ExplainedStream => ({
  name: stream.name,
  doc: stream.doc,
  source: catalog.sources.get(stream.name) ?? '',
  topic: topicOf(stream.from),
  through: namesOf(stream.through),
  where: stream.where === null ? null : describe(stream.where),
  sent: stream.key === null ? null : { topic: topicOf(stream.name), key: stream.key },
  fields: stream.fields.map(({ name, expr }) => ({
    name,
    type: typeName(expr.type),
    missing: expr.optional,
    definition: describe(expr),
  })),
  readers: [...catalog.streams.values(), ...catalog.views.values()]
    .filter(({ through, from }) => through?.name === stream.name || from === stream.name)
    .map(({ name }) => name),
})
