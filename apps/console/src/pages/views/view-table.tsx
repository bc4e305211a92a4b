import { addressOf, useAsked } from '../../app/address.ts'
import { Link } from '../../app/link.tsx'
import { isAmount, keysOf, measuresOf, type DefinedColumn, type Definition } from '../../data/definitions.ts'
import type { Row } from '../../data/graphql.ts'
import { Table, type TableColumn } from '../../parts/table.tsx'
import { cell } from '../../words/format.ts'
import type { Question } from './question.ts'

interface ViewTableProps {
  readonly definition: Definition
  readonly question: Question
  readonly rows: readonly Row[]
}

/** Rows as a table: a head orders by its column, a key leads to all that is known of it. */
export const ViewTable = ({ definition, question, rows }: ViewTableProps) => {
  const { change } = useAsked()
  const orderBy = (column: string, first: 'asc' | 'desc') => (): void => {
    const { order } = question
    const other = first === 'asc' ? 'desc' : 'asc'
    const direction = order?.column === column && order.direction === first ? other : first
    change({ order: `${column} ${direction}`, after: null })
  }
  const headOf = (name: string, first: 'asc' | 'desc', canSort = true) => ({
    ...{ id: name, name },
    sorted: question.order?.column === name ? SORTED[question.order.direction] : undefined,
    sort: canSort ? orderBy(name, first) : undefined,
  })
  const windows: readonly TableColumn<Row>[] =
    definition.every === null
      ? []
      : [{ ...headOf('start', 'desc'), show: (row) => cell(row['start'], 'instant') }]
  const keys = keysOf(definition)
    .filter(({ name }) => question.groupBy === null || question.groupBy.includes(name))
    .map((key) => ({ ...headOf(key.name, 'asc'), show: (row: Row) => <Key of={key} row={row} /> }))
  const measures = measuresOf(definition).map((measure) => ({
    ...headOf(measure.name, 'desc', !measure.type.startsWith('list')),
    isAmount: isAmount(measure) || measure.type.startsWith('list'),
    show: (row: Row) => cell(row[measure.name], measure.type),
  }))
  return (
    <Table
      label={`Rows of ${definition.name}`}
      columns={[...windows, ...keys, ...measures]}
      rows={rows}
      idOf={(row, index) =>
        [row['start'] ?? '', ...keysOf(definition).map(({ name }) => String(row[name] ?? ''))].join(' ') ||
        String(index)
      }
    />
  )
}

const SORTED = { asc: 'ascending', desc: 'descending' } as const

const Key = ({ of: { name, type }, row }: { readonly of: DefinedColumn; readonly row: Row }) => {
  const value = row[name]
  if (value === null || value === undefined) return '–'
  return <Link to={addressOf(['entity', name, String(value)])}>{cell(value, type)}</Link>
}
