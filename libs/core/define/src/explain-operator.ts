import { formatDuration } from '@tidewater/base'
import type { Catalog } from './definition.ts'
import { describe } from './describe.ts'
import { typeName } from './explain.ts'
import type { ExplainedColumn } from './explain.ts'
import { topicOf } from './names.ts'
import type { JoinDefinition, PatternDefinition, PatternPart, SideDefinition } from './operator-definition.ts'
import { streamsOf } from './stream.ts'

/** What a join or a pattern is, in words. */
export interface ExplainedOperator {
  readonly name: string
  readonly kind: 'join' | 'pattern'
  readonly doc: string | null
  readonly source: string
  /** The topic that it reads: of a join that of both sides. */
  readonly topic: string
  /** What it was defined by, each word with what stands there. */
  readonly words: readonly (readonly [word: string, text: string])[]
  /** The topic its rows are sent to, and by which field. */
  readonly sent: { readonly topic: string; readonly key: string; readonly time: string }
  readonly fields: readonly Pick<ExplainedColumn, 'name' | 'type' | 'missing' | 'definition'>[]
  /** What reads it. */
  readonly readers: readonly string[]
}

export const explainOperator = (
  made: JoinDefinition | PatternDefinition,
  catalog: Catalog,
): ExplainedOperator => ({
  name: made.name,
  kind: made.kind,
  doc: made.doc,
  source: catalog.sources.get(made.name) ?? '',
  topic: topicOf(made.from),
  words: made.kind === 'join' ? joinWords(made) : patternWords(made),
  sent: {
    topic: topicOf(made.name),
    key: made.key,
    time: made.kind === 'join' ? made.time : made.timeField,
  },
  fields: made.fields.map(({ name, expr }) => ({
    name,
    type: typeName(expr.type),
    missing: expr.optional,
    definition: describe(expr),
  })),
  readers: [
    ...[...catalog.streams.values(), ...catalog.patterns.values(), ...catalog.views.values()]
      .filter(({ from }) => from === made.name)
      .map(({ name }) => name),
    ...[...catalog.joins.values()]
      .filter(({ left, right }) => left.from === made.name || right.from === made.name)
      .map(({ name }) => name),
  ],
})

const joinWords = ({ left, right, on, beforeMs, afterMs, keep, match }: JoinDefinition) =>
  [
    ['left', sideText(left)],
    ['right', sideText(right)],
    ['on', on.map(({ name }) => describe(fieldOf(left, name))).join(', ')],
    [
      'within',
      [spanText(beforeMs, 'before'), spanText(afterMs, 'after')].filter((text) => text !== '').join(' to '),
    ],
    ['keep', keep],
    ['match', match],
  ] as const

const spanText = (ms: number, word: string): string => (ms === 0 ? '' : `${formatDuration(ms)} ${word}`)

const fieldOf = (side: SideDefinition, name: string): SideDefinition['fields'][number]['expr'] =>
  (side.fields.find((field) => field.name === name) ?? (side.fields[0] as SideDefinition['fields'][number]))
    .expr

const sideText = ({ from, through, where }: SideDefinition): string =>
  [
    [...streamsOf(through).map(({ name }) => name), from].join(' from '),
    ...(where === null ? [] : [`where ${describe(where)}`]),
  ].join(' ')

const patternWords = ({ through, from, where, by, parts, withinMs }: PatternDefinition) =>
  [
    ['on', [...streamsOf(through).map(({ name }) => name), from].join(' from ')],
    ...(where === null ? [] : [['where', describe(where)] as const]),
    ['by', by.name],
    ['match', parts.map(partText).join(', then ')],
    ['within', formatDuration(withinMs)],
  ] as const

const partText = (part: PatternPart): string => {
  if (part.kind === 'none') return `none of ${describe(part.where)}`
  const times = part.times === 1 ? '' : ` ${part.times} times`
  const distinct = part.distinct === null ? '' : `, each with another ${describe(part.distinct)}`
  return `${part.name}: ${describe(part.where)}${times}${distinct}`
}
