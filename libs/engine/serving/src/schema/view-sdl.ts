import { periodOf } from '@tidewater/merge'
import { fieldOf, listFieldOf } from 'tidewater'
import { defaultRows } from '../list-question.ts'
import type { Column, ViewAccess } from '../view-access.ts'
import type { ColumnTypes } from './column-types.ts'

const described = (doc: string | null): string => (doc === null ? '' : `${JSON.stringify(doc)}\n`)

const output = (types: ColumnTypes, column: Column): string =>
  `${described(column.doc)}${column.name}: ${types.of(column)}${column.optional ? '' : '!'}`
const outputs = (types: ColumnTypes, columns: readonly Column[]): string =>
  columns.map((column) => output(types, column)).join('\n  ')

const filters = (types: ColumnTypes, columns: readonly Column[]): string =>
  columns.map((column) => `${column.name}: ${types.filterOf(column)}`).join(' ')

/** `userIds` for a view with the single key `userId`; null when there is no such argument. */
export const keysArgument = ({
  keys,
  keyText,
}: ViewAccess): { readonly name: string; readonly key: Column } | null => {
  const [key] = keys
  return keys.length === 1 && key !== undefined && keyText({ [key.name]: '' }) !== null
    ? { name: `${key.name}s`, key }
    : null
}

/** Types and root fields of one view, as SDL. */
export interface ViewSdl {
  readonly types: string
  readonly queries: string
}

export const viewSdl = (access: ViewAccess, types: ColumnTypes): ViewSdl =>
  access.view.window === null ? keyedSdl(access, types) : windowedSdl(access, types)

const inputs = ({ view, keys, measures }: ViewAccess, types: ColumnTypes, time: string): string => {
  const columns = [...keys, ...measures].filter(({ type }) => type.kind !== 'list')
  const orders = [...(time === '' ? [] : [time]), ...columns.map(({ name }) => name)]
  return `
"Keys filter before grouping, measures after."
input ${view.name}Where { ${filters(types, columns)} }
input ${view.name}Order @oneOf { ${orders.map((name) => `${name}: Direction`).join(' ')} }`
}

const pageArguments = ({ view }: ViewAccess, first: number): string =>
  `where: ${view.name}Where, orderBy: [${view.name}Order!], first: Int = ${first}, after: String`

const keyedSdl = (access: ViewAccess, types: ColumnTypes): ViewSdl => {
  const { view, keys, measures } = access
  const single = keys.map((key) => `${key.name}: ${types.of(key)}!, `).join('')
  const many = keysArgument(access)
  const named = many === null ? '' : `${many.name}: [${types.of(many.key)}!], `
  return {
    types: `
${described(view.doc)}type ${view.name} { ${outputs(types, [...keys, ...measures])} freshness: Freshness! }
type ${view.name}Page { rows: [${view.name}!]! next: String rowCount: Long freshness: Freshness! }
${inputs(access, types, '')}`,
    queries: `
${described(singleDoc(access))}${fieldOf(view.name)}(
  ${single}asOf: Instant = "now", layer: Layer = MERGED): ${view.name}
${described(view.doc)}${listFieldOf(view.name)}(${named}${pageArguments(access, defaultRows(access))},
  asOf: Instant = "now", layer: Layer = MERGED): ${view.name}Page!`,
  }
}

const singleDoc = ({ view }: ViewAccess): string => {
  const silent = view.expiresMs === null ? '' : `, or silent for longer than ${view.expiresMs / 60_000} min`
  return `${view.doc ?? `One ${view.name}.`} Null: never seen${silent}.`
}

const windowedSdl = (access: ViewAccess, types: ColumnTypes): ViewSdl => {
  const { view, keys, measures } = access
  const { window } = view
  const optionalKeys = keys.map((key) => ({ ...key, optional: true }))
  const groupBy = keys.length === 0 ? '' : `groupBy: [${view.name}Key!], `
  const zone = window?.kind === 'calendar' ? window.zone : 'UTC'
  const every = window === null ? '1m' : periodOf(window)
  return {
    types: `
"One row per start and chosen keys; a key left out of groupBy is null."
type ${view.name} { start: Instant! end: Instant! ${outputs(types, [...optionalKeys, ...measures])}
  "The same keys one whole range (from..to) earlier; null when there was nothing, or no from."
  previous: ${view.name}Totals }
type ${view.name}Totals { ${outputs(types, measures)} }
type ${view.name}Page { rows: [${view.name}!]!
  "All rows beyond the first n, merged from state, so means and distincts are right too."
  others: ${view.name}Totals total: ${view.name}Totals! next: String rowCount: Long! freshness: Freshness! }
${keys.length === 0 ? '' : `enum ${view.name}Key { ${keys.map(({ name }) => name).join(' ')} }`}
${inputs(access, types, 'start')}`,
    queries: `
${described(view.doc)}${fieldOf(view.name)}(from: Instant, to: Instant = "now", every: Period = "${every}", zone: String = ${JSON.stringify(zone)}, ${groupBy}${pageArguments(access, defaultRows(access))}, layer: Layer = MERGED): ${view.name}Page!`,
  }
}
