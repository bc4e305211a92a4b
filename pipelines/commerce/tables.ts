import { decimal, file, id, table, text } from 'tidewater'
import type { Row } from 'tidewater'

export const Product = table('Product', {
  doc: 'What the shop sells.',
  fields: { productId: id(), name: text(), category: text(), brand: text(), price: decimal(12, 2) },
  key: 'productId',
  from: file('products.csv'),
})
export type Product = Row<typeof Product>
