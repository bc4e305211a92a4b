import type { FieldDefinition, TableDefinition } from './definition.ts'
import { fieldsOf, present } from './fields.ts'
import { expression } from './expression.ts'
import type { Cells, Fields, Present } from './field.ts'
import { at, mistake } from './mistake.ts'
import { familyOf, nodeOf } from './node.ts'
import { inWords } from './operand.ts'
import { definitionName, docOf, optionsOf } from './options.ts'
import { carrying } from './registry.ts'
import { rowOf } from './row.ts'
import type { AnyText, Flag, Instant, Num, Numeric, Text } from './value.ts'

/** Where the rows of a table come from. */
export interface TableSource {
  readonly file: string
}

/** A CSV or JSONL file beside the file that defines the table. */
export const file = (path: string): TableSource => {
  if (typeof path !== 'string' || path === '') throw mistake("file(…) takes a path such as 'products.csv'")
  return { file: path }
}

/** The same value when its row may be missing. */
export type Loose<E> =
  E extends Text<infer T, 'event', infer _Q>
    ? Text<T, 'event', null>
    : E extends { readonly '~kind': infer K extends Num }
      ? Numeric<K, 'event', null>
      : E extends { readonly '~kind': 'flag' }
        ? Flag<'event', null>
        : E extends { readonly '~kind': 'instant' }
          ? Instant<'event', null>
          : never

/** Rows looked up by key: `Product.of(e.productId).category`. */
export interface Table<R> {
  readonly name: string
  readonly '~row': R
  /** The row of a key; each of its fields is missing when the key is, or has no row. */
  of(key: AnyText<'event'>): { readonly [K in keyof R]: Loose<R[K]> }
}

const WORDS = ['doc', 'fields', 'key', 'from']

/** Defines a table: immutable rows from a file, one per key. */
export const table = <const F extends Fields>(
  name: string,
  definition: { doc?: string; fields: F; key: Present<Cells<F>>; from: TableSource },
): Table<Cells<F>> => {
  const plain = tableDefinition(name, definition)
  return carrying(plain, { of: (key: unknown) => looked(plain, key) }) as Table<Cells<F>>
}

const tableDefinition = (name: string, literal: unknown): TableDefinition => {
  definitionName('table', name)
  const options = at(name, () => optionsOf('table', literal, WORDS))
  const fields = fieldsOf(name, options['fields'])
  const key = at(`${name}.key`, () => textKey(present(fields, options['key'])))
  const from = options['from']
  const path: unknown = typeof from === 'object' && from !== null ? Reflect.get(from, 'file') : undefined
  if (typeof path !== 'string')
    throw mistake(
      `${name}.from: a table comes from a file`,
      "write from: file('products.csv')",
      `${name}.from`,
    )
  return {
    kind: 'table',
    name,
    doc: at(`${name}.doc`, () => docOf(options)),
    fields,
    key: key.name,
    file: path,
  }
}

const textKey = (field: FieldDefinition): FieldDefinition => {
  if (familyOf(field.type) !== 'text')
    throw mistake(`'${field.name}' is ${field.type.kind}`, 'the key of a table is id(), text() or oneOf(…)')
  return field
}

const looked = (table: TableDefinition, key: unknown): unknown => {
  const node = nodeOf(key)
  if (node === null || familyOf(node.expr.type) !== 'text')
    throw mistake(`${table.name}.of takes a text of the event, not ${inWords(key)}`)
  if (node.scope === 'measure') throw mistake(`${table.name}.of takes a value of one event, not a measure`)
  return rowOf(table.name, table.fields, (f) =>
    expression(
      { op: 'lookup', table: table.name, field: f.name, type: f.type, optional: true, args: [node.expr] },
      'event',
    ),
  )
}
