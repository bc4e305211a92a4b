import { toPence, type RetailTruth } from './retail-truth.ts'
import type { Platform } from './platform.ts'

interface Totals {
  /** Decimal text, trailing zeros or not. */
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

interface RetailRows {
  readonly countries: readonly (Totals & { readonly country: string })[]
  readonly products: readonly (Totals & { readonly stockCode: string })[]
  /** In order of time. */
  readonly months: readonly (Totals & { readonly start: string })[]
  readonly customers: readonly { customerId: string; revenue: string; invoices: number; lines: number }[]
}

/** Decimal text in thousandths: '-5.5' → -5500n. */
export const thousandths = (text: string): bigint => {
  const [, sign = '', whole = '0', fraction = ''] = /^(-?)(\d+)(?:\.(\d{0,3}))?$/.exec(text) ?? []
  const size = BigInt(whole + fraction.padEnd(3, '0'))
  return sign === '-' ? -size : size
}

const decimalText = (size: bigint): string => {
  const digits = (size < 0n ? -size : size).toString().padStart(4, '0')
  return `${size < 0n ? '-' : ''}${digits.slice(0, -3)}.${digits.slice(-3)}`
}

const byRevenue = (a: { revenue: string }, b: { revenue: string }) =>
  Number(thousandths(b.revenue) - thousandths(a.revenue))

const answersOf = (all: RetailRows): RetailAnswers => {
  const countries = all.countries.toSorted(byRevenue)
  const products = all.products.toSorted((a, b) => b.units - a.units)
  const customers = all.customers.toSorted(byRevenue)
  const net = countries.reduce((sum, row) => sum + thousandths(row.revenue), 0n)
  return {
    rows: countries.reduce((sum, row) => sum + row.lines, 0),
    net_revenue_all_rows: [[toPence(decimalText(net))]],
    revenue_top5_countries: countries
      .slice(0, 5)
      .map((row) => [row.country, toPence(row.revenue), row.lines]),
    revenue_top5_products_qty: products.slice(0, 5).map((row) => [row.stockCode, row.units]),
    revenue_by_month: all.months.map((row) => [row.start.slice(0, 7), toPence(row.revenue), row.lines]),
    top5_customers: customers.slice(0, 5).map((row) => [row.customerId, toPence(row.revenue), row.invoices]),
  }
}

interface Answer {
  readonly revenueByCountryList: Rows<RetailRows['countries'][number]>
  readonly revenueByProductList: Rows<RetailRows['products'][number]>
  readonly revenueByMonth: Rows<RetailRows['months'][number]>
  readonly customerTotalsList: Rows<RetailRows['customers'][number]>
}

/** Asks GraphQL for all the figures truth.json has of the retail file. */
export const retailAnswers = async (platform: Pick<Platform, 'graphql'>): Promise<RetailAnswers> => {
  const answer = await platform.graphql<Answer>(QUERY)
  return answersOf({
    countries: answer.revenueByCountryList.rows,
    products: answer.revenueByProductList.rows,
    months: answer.revenueByMonth.rows,
    customers: answer.customerTotalsList.rows,
  })
}

/** Runs one SELECT; every column it is asked for is text. */
export type SqlQuery = (sql: string) => Promise<readonly Readonly<Record<string, string>>[]>

const text = (...columns: string[]): string =>
  columns.map((name) => `CAST(${name} AS VARCHAR) AS c_${name}`).join(', ')

/** The same figures by the SQL an analyst would write; the views are the same in ClickHouse and in DuckDB. */
export const retailAnswersBySql = async (query: SqlQuery): Promise<RetailAnswers> => {
  const totals = (view: string, key: string): ReturnType<SqlQuery> =>
    query(`SELECT ${text(key, 'revenue', 'units', 'lines')} FROM ${view} ORDER BY ${key}`)
  const cell = (row: Readonly<Record<string, string>>, name: string): string => row[`c_${name}`] ?? ''
  const sums = (row: Readonly<Record<string, string>>): Totals => ({
    revenue: cell(row, 'revenue'),
    units: Number(cell(row, 'units')),
    lines: Number(cell(row, 'lines')),
  })
  const [countries, products, months, customers] = [
    await totals('revenue_by_country', 'country'),
    await totals('revenue_by_product', 'stock_code'),
    await totals('revenue_by_month', 'window_start'),
    await query(
      `SELECT ${text('customer_id', 'revenue', 'units', 'lines', 'invoices')} FROM customer_totals`,
    ),
  ]
  return answersOf({
    countries: countries.map((row) => ({ ...sums(row), country: cell(row, 'country') })),
    products: products.map((row) => ({ ...sums(row), stockCode: cell(row, 'stock_code') })),
    months: months.map((row) => ({ ...sums(row), start: cell(row, 'window_start') })),
    customers: customers.map((row) => ({
      ...sums(row),
      customerId: cell(row, 'customer_id'),
      invoices: Number(cell(row, 'invoices')),
    })),
  })
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
