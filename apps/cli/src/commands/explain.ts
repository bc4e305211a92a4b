import { PlatformError, didYouMean, formatDuration } from '@tidewater/base'
import { DIALECTS, layoutOf, printView, readableParts } from '@tidewater/plan'
import type { Layout } from '@tidewater/plan'
import type { Command } from 'commander'
import { describe, describeCall, explainOperator, explainStream, explainView } from 'tidewater'
import type { Catalog, ExplainedOperator, ExplainedStream, Explanation, ViewDefinition } from 'tidewater'
import { catalogFor, withCatalogFlags } from '../definitions/catalog-flags.ts'
import type { CatalogFlags } from '../definitions/catalog-flags.ts'
import { columns } from '../definitions/columns.ts'

interface ExplainFlags extends CatalogFlags {
  readonly json?: boolean
  readonly sql?: boolean
  readonly js?: boolean
}

export const explainCommand = (program: Command): void => {
  withCatalogFlags(program.command('explain <name>'))
    .description(
      'show what a view is: its parts, its state, its SQL in both engines; or what a stream, a join or a pattern is',
    )
    .option('--no-sql', 'leave out the SQL')
    .option('--js', 'print the generated JavaScript')
    .option('--json', 'print JSON')
    .action((name: string, flags: ExplainFlags) => explain(name, flags))
}

const explain = async (name: string, flags: ExplainFlags): Promise<void> => {
  const catalog = await catalogFor(flags)
  const stream = catalog.streams.get(name)
  if (stream !== undefined) return console.log(streamText(explainStream(stream, catalog), flags))
  const operator = catalog.joins.get(name) ?? catalog.patterns.get(name)
  if (operator !== undefined) return console.log(operatorText(explainOperator(operator, catalog), flags))
  const view = viewNamed(catalog, name)
  const event = catalog.events.get(view.from)
  if (event === undefined)
    throw new PlatformError('UNKNOWN_VIEW', `${name} reads ${view.from}, which is not loaded`, 'load it too')
  const explained = explainView(view, catalog)
  const layout = layoutOf(view, event)
  const sql = Object.values(DIALECTS).map(
    (dialect) => [dialect.name, printView(view, catalog, dialect)] as const,
  )
  if (flags.json === true) {
    console.log(
      JSON.stringify(
        { ...explained, layout, ...(flags.sql === false ? {} : { sqlText: Object.fromEntries(sql) }) },
        null,
        2,
      ),
    )
    return
  }
  console.log([...headOf(explained), '', ...columnsOf(explained), '', ...stateOf(layout)].join('\n'))
  if (flags.js === true) for (const part of readableParts(view, catalog)) console.log(`\n${part}`)
  if (flags.sql === false) return
  for (const [engine, { state, answer }] of sql)
    console.log(`\n-- ${engine}: state\n${state}\n\n-- ${engine}: answer\n${answer}`)
}

const viewNamed = (catalog: Catalog, name: string): ViewDefinition => {
  const found = catalog.views.get(name)
  if (found !== undefined) return found
  const { streams, joins, patterns, views } = catalog
  const names = [streams, joins, patterns, views].flatMap((found) => [...found.keys()])
  throw new PlatformError(
    'UNKNOWN_VIEW',
    `there is no view, stream, join or pattern '${name}'${didYouMean(name, names)}`,
    `there are ${names.join(', ')}`,
  )
}

/** A stream has no state and no SQL of its own: it is written out in the views that read it. */
const streamText = (stream: ExplainedStream, { json }: ExplainFlags): string =>
  json === true
    ? JSON.stringify(stream, null, 2)
    : [
        `${stream.name}${stream.doc === null ? '' : `: ${stream.doc}`}`,
        ...labelled([
          ['defined in', stream.source],
          ['reads', stream.topic],
          ['through', stream.through.join(', ')],
          ['where', stream.where],
          ['sent to', stream.sent === null ? null : `${stream.sent.topic}, by ${stream.sent.key}`],
          ['read by', stream.readers.join(', ')],
        ]),
        '',
        ...fieldsOf(stream),
      ].join('\n')

/** It has no SQL: its state is of the stream alone, and what it makes is sent. */
const operatorText = (operator: ExplainedOperator, { json }: ExplainFlags): string =>
  json === true
    ? JSON.stringify(operator, null, 2)
    : [
        `${operator.name}, a ${operator.kind}${operator.doc === null ? '' : `: ${operator.doc}`}`,
        ...labelled([
          ['defined in', operator.source],
          ['reads', operator.topic],
          ...operator.words,
          ['sent to', `${operator.sent.topic}, by ${operator.sent.key}, its time is ${operator.sent.time}`],
          ['read by', operator.readers.join(', ')],
        ]),
        '',
        ...fieldsOf(operator),
      ].join('\n')

const fieldsOf = ({ fields }: Pick<ExplainedStream, 'fields'>): readonly string[] =>
  columns([
    ['  FIELD', 'TYPE', 'DEFINITION'],
    ...fields.map((field) => [`  ${field.name}`, shownType(field), field.definition]),
  ])

const labelled = (lines: readonly (readonly [string, string | null])[]): readonly string[] =>
  columns(lines.flatMap(([label, text]) => (text === null || text === '' ? [] : [[`  ${label}`, text]])))

const shownType = ({ type, missing }: { readonly type: string; readonly missing: boolean }): string =>
  `${type}${missing ? ' or missing' : ''}`

const headOf = (view: Explanation): readonly string[] => [
  `${view.name}${view.doc === null ? '' : `: ${view.doc}`}`,
  ...labelled([
    ['defined in', view.source],
    ['fingerprint', view.fingerprint],
    ['reads', view.topic],
    ['through', view.through.join(', ')],
    ['where', view.where],
    ['window', view.window],
    ['expires', view.expires],
    ['top', view.top],
    ['tiles', view.tiles.join('; ')],
    ['GraphQL', view.graphql.join(', ')],
    ['SQL', view.sql],
  ]),
]

const columnsOf = (view: Explanation): readonly string[] =>
  columns([
    ['  COLUMN', 'ROLE', 'TYPE', 'DEFINITION'],
    ...view.columns.map((c) => [`  ${c.name}`, c.role, shownType(c), c.definition]),
  ])

/** What is kept per key: each aggregate once, however many measures use it. */
const stateOf = (layout: Layout): readonly string[] => [
  `  kept by ${layout.stateKeys.map((k) => describe(k.expr)).join(', ') || '(one row)'}`,
  ...columns(
    layout.cells.map((cell) => [
      `  ${cell.columns.map((c) => c.name).join(' ')}`,
      grainName(layout.grains[cell.grain]),
      describeCall({ ...cell.call, window: null, read: null }),
    ]),
  ),
]

const grainName = (grain: Layout['grains'][number] | undefined): string =>
  grain?.kind === 'tile'
    ? `tile of ${formatDuration(grain.ms)}`
    : grain?.kind === 'rows'
      ? 'own rows'
      : 'total'
