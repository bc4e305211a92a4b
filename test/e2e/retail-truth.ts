import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { REPOSITORY } from './platform.ts'
import { retailSample } from './retail-sample.ts'

const DATA = join(REPOSITORY, '..', 'shared', 'data')
export const RETAIL_FILE = join(DATA, 'online_retail_2010-12_2011-08.csv.gz')
/** The data stand beside a checkout in CI; a user's clone has none. */
export const hasRetailData = existsSync(RETAIL_FILE)

export interface RetailTruth {
  readonly rows: number
  readonly net_revenue_all_rows: [[string]]
  readonly revenue_top5_countries: [string, string, number][]
  readonly revenue_top5_products_qty: [string, number][]
  readonly revenue_by_month: [string, string, number][]
  readonly top5_customers: [string, string, number][]
}

export const retailTruth = (): RetailTruth => {
  const all: Record<string, RetailTruth> = JSON.parse(readFileSync(join(DATA, 'truth.json'), 'utf8'))
  const truth = all['online_retail_2010-12_2011-08.csv.gz']
  if (truth === undefined) throw new Error('truth.json has no retail file')
  return truth
}

/** The real file with its truth where it is, a made one of the same shape elsewhere. */
export const retailSource = (): { readonly file: string; readonly truth: RetailTruth } =>
  hasRetailData ? { file: RETAIL_FILE, truth: retailTruth() } : retailSample()

/** Decimal text rounded half away from zero to 2 digits, as truth.json is: '4776808.812' → '4776808.81'. */
export const toPence = (text: string): string => {
  const [, sign = '', whole = '', fraction = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text) ?? []
  const digits = `${fraction}000`
  const kept = BigInt(whole + digits.slice(0, 2)) + (Number(digits[2]) >= 5 ? 1n : 0n)
  const padded = kept.toString().padStart(3, '0')
  return `${kept === 0n ? '' : sign}${padded.slice(0, -2)}.${padded.slice(-2)}`
}
