import { PlatformError, didYouMean, formatDuration } from '@tidewater/base'
import { DIALECTS, layoutOf, printView, readableParts } from '@tidewater/plan'
import type { Layout } from '@tidewater/plan'
import type { Command } from 'commander'
import { describe, describeCall, explainView } from 'tidewater'
import type { Catalog, Explanation, ViewDefinition } from 'tidewater'
import { catalogFor, withCatalogFlags } from '../definitions/catalog-flags.ts'
import type { CatalogFlags } from '../definitions/catalog-flags.ts'
import { columns } from '../definitions/columns.ts'

interface ExplainFlags extends CatalogFlags {
  readonly json?: boolean
  readonly sql?: boolean
  readonly js?: boolean
}

export const explainCommand = (program: Command): void => {
  withCatalogFlags(program.command('explain <view>'))
    .description('show what a view is: its parts, its state, its SQL in both engines')
    .option('--no-sql', 'leave out the SQL')
    .option('--js', 'print the generated JavaScript')
    .option('--json', 'print JSON')
    .action((name: string, flags: ExplainFlags) => explain(name, flags))
}

const explain = async (name: string, flags: ExplainFlags): Promise<void> => {
  const catalog = await catalogFor(flags)
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
  const names = [...catalog.views.keys()]
  throw new PlatformError(
    'UNKNOWN_VIEW',
    `there is no view '${name}'${didYouMean(name, names)}`,
    `the views are ${names.join(', ')}`,
  )
}

const headOf = (view: Explanation): readonly string[] => [
  `${view.name}${view.doc === null ? '' : `: ${view.doc}`}`,
  ...columns(
    [
      ['defined in', view.source],
      ['fingerprint', view.fingerprint],
      ['reads', view.topic],
      ['where', view.where],
      ['window', view.window],
      ['expires', view.expires],
      ['top', view.top],
      ['tiles', view.tiles.length === 0 ? null : view.tiles.join('; ')],
      ['GraphQL', view.graphql.join(', ')],
      ['SQL', view.sql],
    ].flatMap(([label, text]) => (typeof text === 'string' ? [[`  ${label ?? ''}`, text]] : [])),
  ),
]

const columnsOf = (view: Explanation): readonly string[] =>
  columns([
    ['  COLUMN', 'ROLE', 'TYPE', 'DEFINITION'],
    ...view.columns.map((c) => [
      `  ${c.name}`,
      c.role,
      `${c.type}${c.missing ? ' or missing' : ''}`,
      c.definition,
    ]),
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
