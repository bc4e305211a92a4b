import { keysOf, type DefinedColumn, type Definition } from '../../data/definitions.ts'
import { Table } from '../../parts/table.tsx'
import { cell, count } from '../../words/format.ts'
import type { LayeredRow } from './layered.ts'

interface LayerTableProps {
  readonly definition: Definition
  readonly column: DefinedColumn
  readonly rows: readonly LayeredRow[]
}

/** Batch ⊕ speed = merged, row by row. */
export const LayerTable = ({ definition, column, rows }: LayerTableProps) => {
  const summed = rows.filter(({ addsUp }) => addsUp !== null)
  const right = summed.filter(({ addsUp }) => addsUp).length
  const hasKeys = rows.some(({ keys }) => keys.length > 0)
  return (
    <>
      {summed.length === 0 ? (
        <p className="quiet">
          <code>{column.definition}</code> is merged from what is kept, not from these results: no sum of the
          two columns.
        </p>
      ) : (
        <p>
          <span className={right === summed.length ? 'tag is-good' : 'tag is-bad'}>
            batch + speed = merged in {count(right)} of {count(summed.length)} rows
          </span>
        </p>
      )}
      <Table
        label="Layers, row by row"
        rows={rows}
        idOf={({ id }) => id}
        columns={[
          ...(definition.every === null
            ? []
            : [{ id: 'start', name: 'start', show: ({ start }: LayeredRow) => cell(start, 'instant') }]),
          ...(hasKeys
            ? [
                {
                  id: 'keys',
                  name: keysOf(definition)
                    .map(({ name }) => name)
                    .join(', '),
                  show: ({ keys }: LayeredRow) => keys.join(' · '),
                },
              ]
            : []),
          ...(['batch', 'speed', 'merged'] as const).map((layer) => ({
            id: layer,
            name: <span className={`layer-name is-${layer}`}>{layer}</span>,
            isAmount: true,
            show: (row: LayeredRow) => cell(row[layer], column.type),
          })),
        ]}
      />
    </>
  )
}
