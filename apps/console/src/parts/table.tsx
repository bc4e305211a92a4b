import type { ReactNode } from 'react'

export interface TableColumn<R> {
  readonly id: string
  readonly name: ReactNode
  readonly isAmount?: boolean
  readonly sorted?: 'ascending' | 'descending' | undefined
  /** What a click on its head does; none: it is only a head. */
  readonly sort?: (() => void) | undefined
  readonly show: (row: R) => ReactNode
}

interface TableProps<R> {
  readonly label: string
  readonly columns: readonly TableColumn<R>[]
  readonly rows: readonly R[]
  readonly idOf: (row: R, index: number) => string
}

/** Rows and columns; wider than the page, it scrolls by itself and can be reached by keyboard. */
export const Table = <R,>({ label, columns, rows, idOf }: TableProps<R>) => (
  <div className="table" role="region" aria-label={label} tabIndex={0}>
    <table>
      <thead>
        <tr>
          {columns.map(({ id, name, isAmount, sorted, sort }) => (
            <th key={id} scope="col" className={isAmount === true ? 'is-amount' : ''} aria-sort={sorted}>
              {sort === undefined ? (
                name
              ) : (
                <button type="button" onClick={sort}>
                  {name}
                  <span aria-hidden="true">
                    {sorted === undefined ? '' : sorted === 'ascending' ? ' ↑' : ' ↓'}
                  </span>
                </button>
              )}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row, index) => (
          <tr key={idOf(row, index)}>
            {columns.map(({ id, isAmount, show }) => (
              <td key={id} className={isAmount === true ? 'is-amount' : ''}>
                {show(row)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  </div>
)
