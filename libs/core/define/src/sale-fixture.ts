import { sentenceOf } from '@tidewater/base'
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
  number,
  oneOf,
  table,
  text,
} from './index.ts'
import type { Catalog, Definition, EventDefinition, TableContent, ViewDefinition } from './index.ts'

/** An event and a table that tests define views over. */
export const Sale = event('Sale', {
  fields: {
    saleId: id(),
    shop: id(),
    country: text(),
    at: instant(),
    sort: oneOf('a', 'b'),
    itemId: id().optional(),
    amount: decimal(9, 2),
    units: int(),
    weight: number().optional(),
    note: text().optional(),
  },
  key: 'shop',
  time: 'at',
})
export const Item = table('Item', {
  fields: { itemId: id(), category: text().optional(), price: decimal(9, 2) },
  key: 'itemId',
  from: file('items.csv'),
})

export const measure = () => ({ n: count() })

const definitionFor = (made: unknown): Definition => {
  const found = definitionOf(made)
  if (found === null) throw new Error('no definition')
  return found
}

export const viewOf = (made: unknown): ViewDefinition => {
  const found = definitionFor(made)
  if (found.kind !== 'view') throw new Error('no view')
  return found
}

export const eventOf = (made: unknown): EventDefinition => {
  const found = definitionFor(made)
  if (found.kind !== 'event') throw new Error('no event')
  return found
}

/** Why a catalog of these is refused; 'accepted' when it is not. */
export const refused = (made: () => readonly unknown[]): string => {
  try {
    catalogOf(made())
    return 'accepted'
  } catch (error) {
    return sentenceOf(error)
  }
}

/** The catalog of some definitions, with what is known of the file of the table Item. */
export const catalogOf = (made: readonly unknown[], items: Partial<TableContent> = {}): Catalog => {
  const contents: ReadonlyMap<string, TableContent> = new Map([
    ['Item', { hash: 'h', rows: new Map(), ...items }],
  ])
  return buildCatalog(
    made.map((one) => ({ definition: definitionFor(one), source: 'shop.ts' })),
    contents,
  )
}
