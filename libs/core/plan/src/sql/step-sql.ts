import type { SqlDialect } from '@tidewater/expr'
import { inNeededTileSql } from '@tidewater/windows'
import type { ViewSql } from './view-sql.ts'

/*
 * How an earlier state goes on (semantics L2). `parts` has the slots of the new records; those of the earlier slots that meet them
 * are moved there, and what `mergedSlotsSql` makes of both comes in their place. No other slot is looked at.
 */

/** Questions whose answers bound what a step looks at: the first window of the added slots, or the first tile of each grain. NULL: there is none. */
export const oldestSql = (
  { view, layout }: ViewSql,
  parts: string,
): readonly { readonly name: string; readonly sql: string }[] =>
  view.window !== null
    ? [{ name: 'bucket', sql: `SELECT min(_bucket) AS oldest FROM ${parts}` }]
    : layout.grains
        .filter(({ kind }) => kind === 'tile')
        .map(({ index }) => ({
          name: `tile_${index}`,
          sql: `SELECT min(_tile) AS oldest FROM ${parts} WHERE _grain = ${index}`,
        }))

/**
 * Conditions of which one is true of a row of the earlier slots, told by its bare columns, if it meets new ones: it is of their
 * group, and no tile before the first of theirs. Windows are kept in order, so there all from the first one on are written anew.
 * `oldest` is the SQL of what `oldestSql` answered before anything was moved, by name.
 */
export const meetsSql = (
  { view, layout }: ViewSql,
  dialect: SqlDialect,
  parts: string,
  oldest: (name: string) => string,
): readonly string[] => {
  if (view.window !== null) return [`_bucket >= ${oldest('bucket')}`]
  const group = [
    '_partition',
    ...layout.stateKeys.flatMap((key) => (key.optional ? comparable(key.column, dialect) : [key.column])),
  ]
  const columns = group.join(', ')
  const isOfGroup = `(${columns}) IN (SELECT ${columns} FROM ${parts})`
  return layout.grains.map(({ index, kind }) => {
    const young = kind === 'tile' ? ` AND _tile >= ${oldest(`tile_${index}`)}` : ''
    return `_grain = ${index}${young} AND ${isOfGroup}`
  })
}

/** A value that may be missing is found in a list too. */
const comparable = (column: string, dialect: SqlDialect): readonly string[] => [
  `(${column} IS NULL)`,
  `coalesce(${dialect.textOf(column)}, '')`,
]

/** Whether a row of the earlier slots is a tile that no answer needs any more; null: none is. */
export const outdatedSql = ({ layout }: ViewSql, newest: string): string | null => {
  const tiles = layout.grains.filter(({ kind }) => kind === 'tile')
  if (tiles.length === 0) return null
  return tiles
    .map(
      ({ index, ms, reachMs }) =>
        `(_grain = ${index} AND NOT (${inNeededTileSql('_tile', newest, ms, reachMs)}))`,
    )
    .join(' OR ')
}
