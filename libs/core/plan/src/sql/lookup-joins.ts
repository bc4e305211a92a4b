import type { SqlDialect } from '@tidewater/expr'
import { snakeCase } from 'tidewater'
import type { ViewSql } from './view-sql.ts'
import { relationOf } from './view-sql.ts'

/** Collects the lookups of a SELECT as left joins; a table asked twice with one key is joined once. */
export interface LookupJoins {
  /** The field of the row found by `key` (cell form), NULL without one. */
  lookup(table: string, field: string, key: string): string
  /** The joins so far, to stand behind FROM. */
  text(): string
}

export function createLookupJoins(plan: ViewSql, dialect: SqlDialect): LookupJoins {
  const joined = new Map<string, { alias: string; table: string; key: string; fields: Set<string> }>()
  return {
    lookup(table, field, key) {
      const id = `${table}\0${key}`
      const entry = joined.get(id) ?? { alias: `t${joined.size}`, table, key, fields: new Set() }
      joined.set(id, entry)
      entry.fields.add(field)
      return `${entry.alias}.${dialect.identifier(field)}`
    },
    text: () => [...joined.values()].map((entry) => joinOf(plan, dialect, entry)).join('\n'),
  }
}

interface Join {
  readonly alias: string
  readonly table: string
  readonly key: string
  readonly fields: ReadonlySet<string>
}

function joinOf(plan: ViewSql, dialect: SqlDialect, { alias, table, key, fields }: Join): string {
  const definition = plan.tables.get(table)
  if (definition === undefined)
    throw new Error(`${plan.view.name} looks up ${table}, which is no known table`)
  const cell = (name: string): string => {
    const found = definition.fields.find((field) => field.name === name)
    if (found === undefined) throw new Error(`table ${table} has no field '${name}'`)
    const value = dialect.fromColumn(found.type, dialect.identifier(snakeCase(name)))
    // NULL for a row that was not found, whatever the server says of outer joins.
    return `CAST(${value} AS ${dialect.cellType(found.type)})`
  }
  const columns = [...fields].map((name) => `${cell(name)} AS ${dialect.identifier(name)}`)
  return `LEFT JOIN (SELECT ${cell(definition.key)} AS _key, ${columns.join(', ')} FROM ${relationOf(plan, table, dialect)}) AS ${alias} ON ${alias}._key = ${key}`
}
