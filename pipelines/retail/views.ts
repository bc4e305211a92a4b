import { count, distinct, sum, tumbling, view } from 'tidewater'
import type { RowOf } from 'tidewater'
import { RetailSale } from './events.ts'

const sales = (sale: RowOf<typeof RetailSale>) => ({
  revenue: sum(sale.quantity.times(sale.unitPrice)),
  units: sum(sale.quantity),
  lines: count(),
})

export const RevenueByCountry = view('RevenueByCountry', {
  doc: 'What each country bought, cancellations taken off.',
  from: RetailSale,
  by: 'country',
  measure: sales,
})

export const RevenueByProduct = view('RevenueByProduct', {
  doc: 'What each product brought in.',
  from: RetailSale,
  by: 'stockCode',
  measure: sales,
})

export const RevenueByMonth = view('RevenueByMonth', {
  doc: 'What each calendar month brought in, in UTC.',
  from: RetailSale,
  window: tumbling('month'),
  measure: sales,
})

export const CustomerTotals = view('CustomerTotals', {
  doc: 'What each known customer bought; lines without a customer are left out.',
  from: RetailSale,
  by: (s) => ({ customerId: s.customerId.orSkip() }),
  measure: (s) => ({ ...sales(s), invoices: distinct(s.invoiceNo) }),
})
