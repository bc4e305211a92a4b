import { decimal, event, id, instant, int, text } from 'tidewater'
import type { Row } from 'tidewater'

export const RetailSale = event('RetailSale', {
  doc: 'One line of an invoice. A cancellation has a negative quantity.',
  fields: {
    invoiceNo: id(),
    stockCode: id(),
    description: text().optional(),
    quantity: int(),
    invoiceDate: instant(),
    unitPrice: decimal(12, 3),
    customerId: id().optional(),
    country: text(),
  },
  key: 'invoiceNo',
  time: 'invoiceDate',
})
export type RetailSale = Row<typeof RetailSale>
