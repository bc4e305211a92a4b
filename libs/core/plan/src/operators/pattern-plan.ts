import { must } from '@tidewater/base'
import { compileRowExpr } from '@tidewater/expr'
import type { Expr, TableRows, Value } from '@tidewater/expr'
import type { Catalog, EventDefinition, PatternDefinition } from 'tidewater'
import { decodeKey, encodeKey } from '../key.ts'
import type { Row } from '../machine-types.ts'
import { compileJson, tableRowsOf } from '../sent-rows.ts'
import type { SentRow } from '../sent-rows.ts'
import type { KeptRow } from './pattern-rows.ts'
import type { Run } from './pattern-run.ts'
import { valueList } from './value-list.ts'
import type { ValueList } from './value-list.ts'

/** A pattern as its state needs it. */
export interface PatternPlan {
  readonly pattern: PatternDefinition
  readonly latenessMs: number
  readonly mostRows: number
  readonly list: ValueList
  readonly texts: ValueList
  /** Null: the row has no key. */
  keyOf(row: Row): string | null
  /** Null: the row is nothing of the pattern. */
  keep(row: Row, at: number, offset: number): KeptRow | null
  make(key: string, run: Run, at: number): SentRow | null
}

const logOf = (catalog: Catalog, name: string): EventDefinition => must(catalog.events.get(name), name)

export const patternPlan = (pattern: PatternDefinition, catalog: Catalog, mostRows: number): PatternPlan => {
  const log = logOf(catalog, pattern.name)
  const steps = pattern.parts.filter((part) => part.kind === 'step')
  const types = pattern.kept.map(({ expr }) =>
    must(expr.type.kind === 'list' ? undefined : expr.type, 'a type'),
  )
  return {
    pattern,
    mostRows,
    latenessMs: logOf(catalog, pattern.from).latenessMs,
    list: valueList(types),
    texts: valueList(steps.map(() => ({ kind: 'text' }))),
    keyOf: (row) => {
      const key = row[pattern.by.name] ?? null
      return key === null ? null : `=${encodeKey([key], [pattern.by])}`
    },
    keep: keeper(pattern, tableRowsOf(catalog)),
    make: maker(pattern, catalog, log),
  }
}

const keeper = ({ where, parts, kept }: PatternDefinition, tables: TableRows): PatternPlan['keep'] => {
  const compile = (expr: Expr) => compileRowExpr(expr, tables)
  const isTaken = where === null ? () => true : compile(where)
  const tests = parts.map((part) => compile(part.where))
  const counted = parts.flatMap((part, n) =>
    part.kind === 'step' ? [{ n, read: part.distinct === null ? null : compile(part.distinct) }] : [],
  )
  const reads = kept.map(({ expr }) => compile(expr))
  return (row, at, offset) => {
    if (isTaken(row) !== true) return null
    let bits = tests.reduce((all, test, n) => (test(row) === true ? all | (1 << n) : all), 0)
    const distinct = counted.map(({ n, read }) => {
      if (read === null || ((bits >> n) & 1) === 0) return null
      const value = read(row)
      // What has no value is no row of a step that counts values.
      if (value === null) bits &= ~(1 << n)
      return value === null ? null : String(value)
    })
    return bits === 0 ? null : { at, offset, parts: bits, distinct, values: reads.map((read) => read(row)) }
  }
}

const maker = (pattern: PatternDefinition, catalog: Catalog, log: EventDefinition): PatternPlan['make'] => {
  const write = compileJson(log, pattern.fields, tableRowsOf(catalog))
  const names = pattern.parts.flatMap((part) => (part.kind === 'step' ? [part.name] : []))
  return (key, run, at) => {
    const row: Record<string, Value> = { by: decodeKey(key.slice(1), [pattern.by])[0] ?? null, at }
    names.forEach((name, n) => {
      const { first, last, count } = must(run.steps[n], name)
      row[`${name}.count`] = count
      pattern.kept.forEach((field, f) => {
        row[`${name}.first.${field.name}`] = first.values[f] ?? null
        row[`${name}.last.${field.name}`] = last.values[f] ?? null
      })
    })
    const made = write(row)
    return made === 'keyless' ? null : made
  }
}
