import { toPence, type RetailTruth } from './retail-truth.ts'
import type { Platform } from './platform.ts'

interface Totals {
  readonly revenue: string
  readonly units: number
  readonly lines: number
}
interface Rows<R> {
  readonly rows: R[]
}

const QUERY = `{
  revenueByCountryList(first: 10000) { rows { country revenue units lines } }
  revenueByProductList(first: 10000) { rows { stockCode revenue units lines } }
  revenueByMonth(from: "2010-01-01T00:00:00Z", to: "2012-01-01T00:00:00Z", every: "1mo", orderBy: [{ start: ASC }]) {
    rows { start revenue units lines }
  }
  customerTotalsList(first: 10000) { rows { customerId revenue invoices lines } }
}`

/** What the retail file comes to, in truth.json's own form, so that the two compare with `toEqual`. */
export type RetailAnswers = Omit<RetailTruth, 'rows'> & { readonly rows: number }

interface Answer {
  readonly revenueByCountryList: Rows<Totals & { country: string }>
  readonly revenueByProductList: Rows<Totals & { stockCode: string }>
  readonly revenueByMonth: Rows<Totals & { start: string }>
  readonly customerTotalsList: Rows<{ customerId: string; revenue: string; invoices: number; lines: number }>
}

const pence = (text: string) => BigInt(toPence(text).replace('.', ''))
const byRevenue = (a: { revenue: string }, b: { revenue: string }) => Number(pence(b.revenue) - pence(a.revenue))

/** Asks GraphQL for all the figures truth.json has of the retail file. */
export const retailAnswers = async (platform: Platform): Promise<RetailAnswers> => {
  const answer = await platform.graphql<Answer>(QUERY)
  const countries = answer.revenueByCountryList.rows.toSorted(byRevenue)
  const products = answer.revenueByProductList.rows.toSorted((a, b) => b.units - a.units)
  const customers = answer.customerTotalsList.rows.toSorted(byRevenue)
  const net = countries.reduce((sum, row) => sum + BigInt(row.revenue.replace('.', '')), 0n)
  const text = net.toString()
  return {
    rows: countries.reduce((sum, row) => sum + row.lines, 0),
    net_revenue_all_rows: [[toPence(`${text.slice(0, -3)}.${text.slice(-3)}`)]],
    revenue_top5_countries: countries.slice(0, 5).map((row) => [row.country, toPence(row.revenue), row.lines]),
    revenue_top5_products_qty: products.slice(0, 5).map((row) => [row.stockCode, row.units]),
    revenue_by_month: answer.revenueByMonth.rows.map((row) => [row.start.slice(0, 7), toPence(row.revenue), row.lines]),
    top5_customers: customers.slice(0, 5).map((row) => [row.customerId, toPence(row.revenue), row.invoices]),
  }
}

/** The part of truth.json that `retailAnswers` gives. */
export const expectedAnswers = (truth: RetailTruth): RetailAnswers => ({
  rows: truth.rows,
  net_revenue_all_rows: truth.net_revenue_all_rows,
  revenue_top5_countries: truth.revenue_top5_countries,
  revenue_top5_products_qty: truth.revenue_top5_products_qty,
  revenue_by_month: truth.revenue_by_month,
  top5_customers: truth.top5_customers,
})
