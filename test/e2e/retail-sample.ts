import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RetailTruth } from './retail-truth.ts'

/** Stands in for the retail file where the data are not beside the checkout: made by seed, with its truth. */
export const retailSample = (): { readonly file: string; readonly truth: RetailTruth } => {
  const lines = Array.from({ length: ROWS }, (_, row) => lineOf(row))
  const file = join(mkdtempSync(join(tmpdir(), 'tidewater-retail-')), 'retail.csv')
  const header = 'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country'
  const text = lines.map(({ cells }) => cells.join(','))
  writeFileSync(file, `${[header, ...text].join('\n')}\n`)
  return { file, truth: truthOf(lines) }
}

const ROWS = 300_000
const COUNTRIES = ['United Kingdom', 'Netherlands', 'EIRE', 'Germany', 'France', 'Norway', 'Japan']

interface Line {
  readonly cells: readonly string[]
  readonly invoice: string
  readonly product: string
  readonly month: string
  readonly customer: string
  readonly country: string
  readonly units: number
  /** quantity × unit price in thousandths. */
  readonly revenue: bigint
}

/** Squares, so that the first of each list are far apart and no two are equal. */
const skewed = (n: number, of: number): number => Math.floor(((n % 1_009) / 1_009) ** 2 * of)

const lineOf = (row: number): Line => {
  const order = Math.floor(row / 7)
  const invoice = `${order % 40 === 39 ? 'C' : ''}${500_000 + order}`
  const product = `P${1_000 + skewed(row * 31, 300)}`
  const units = (order % 40 === 39 ? -1 : 1) * (1 + ((row * 17) % 23))
  const thousandths = 250 + ((row * 13) % 9_000) * (row % 50 === 0 ? 1 : 10)
  const at = new Date(Date.UTC(2010, 11, 1, 8) + row * 75_000).toISOString()
  const customer = row % 5 === 0 ? '' : `${12_000 + skewed(order * 29, 800)}`
  const country = COUNTRIES[skewed(order * 37, COUNTRIES.length)] ?? ''
  const price = `${Math.floor(thousandths / 1_000)}.${String(thousandths % 1_000).padStart(3, '0')}`
  const time = at.slice(0, 19).replace('T', ' ')
  const cells = [invoice, product, `THING ${product}`, String(units), time, price, customer, country]
  const revenue = BigInt(units) * BigInt(thousandths)
  return { cells, invoice, product, month: at.slice(0, 7), customer, country, units, revenue }
}

interface Total {
  revenue: bigint
  units: number
  lines: number
  readonly invoices: Set<string>
}

const totals = (lines: readonly Line[], of: (line: Line) => string): [string, Total][] => {
  const all = new Map<string, Total>()
  for (const line of lines) {
    const total = all.get(of(line)) ?? { revenue: 0n, units: 0, lines: 0, invoices: new Set() }
    total.revenue += line.revenue
    total.units += line.units
    total.lines++
    total.invoices.add(line.invoice)
    all.set(of(line), total)
  }
  return [...all]
}

/** Thousandths as money, half away from zero: 1115n → '1.12'. */
const money = (thousandths: bigint): string => {
  const size = ((thousandths < 0n ? -thousandths : thousandths) + 5n) / 10n
  const digits = size.toString().padStart(3, '0')
  return `${thousandths < 0n && size > 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`
}

const byRevenue = ([, a]: [string, Total], [, b]: [string, Total]): number => Number(b.revenue - a.revenue)

const truthOf = (lines: readonly Line[]): RetailTruth => ({
  rows: lines.length,
  net_revenue_all_rows: [[money(lines.reduce((sum, { revenue }) => sum + revenue, 0n))]],
  revenue_top5_countries: totals(lines, ({ country }) => country)
    .sort(byRevenue)
    .slice(0, 5)
    .map(([name, total]) => [name, money(total.revenue), total.lines]),
  revenue_top5_products_qty: totals(lines, ({ product }) => product)
    .sort(([, a], [, b]) => b.units - a.units)
    .slice(0, 5)
    .map(([name, { units }]) => [name, units]),
  revenue_by_month: totals(lines, ({ month }) => month)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, total]) => [name, money(total.revenue), total.lines]),
  top5_customers: totals(
    lines.filter(({ customer }) => customer !== ''),
    ({ customer }) => customer,
  )
    .sort(byRevenue)
    .slice(0, 5)
    .map(([name, total]) => [name, money(total.revenue), total.invoices.size]),
})
