import {
  buildCatalog,
  count,
  decimal,
  definitionOf,
  event,
  file,
  id,
  instant,
  int,
  oneOf,
  table,
  text,
} from './index.ts'
import type { Catalog, Definition, TableContent, ViewDefinition } from './index.ts'

/** An event and a table that tests define views over. */
export const Sale = event('Sale', {
  fields: {
    saleId: id(),
    at: instant(),
    sort: oneOf('a', 'b'),
    itemId: id().optional(),
    amount: decimal(9, 2),
    units: int(),
    note: text().optional(),
  },
  key: 'saleId',
  time: 'at',
})
export const Item = table('Item', {
  fields: { itemId: id(), category: text(), price: decimal(9, 2) },
  key: 'itemId',
  from: file('items.csv'),
})

export const measure = () => ({ n: count() })

const plain = (value: unknown): Definition => {
  const found = definitionOf(value)
  if (found === null) throw new Error('no definition')
  return found
}

export const viewOf = (value: unknown): ViewDefinition => {
  const found = plain(value)
  if (found.kind !== 'view') throw new Error('no view')
  return found
}

/** The catalog of some definitions; `hash` stands for the bytes of the table's file. */
export const catalogOf = (values: readonly unknown[], hash = 'h'): Catalog => {
  const contents: ReadonlyMap<string, TableContent> = new Map([['Item', { hash, rows: new Map() }]])
  return buildCatalog(
    values.map((value) => ({ definition: plain(value), source: 'shop.ts' })),
    contents,
  )
}
