import { must } from '@tidewater/base'
import type { Aggregate } from './aggregate.ts'
import { approxDistinct } from './approx-distinct.ts'
import { breakdown } from './breakdown.ts'
import { byTime } from './by-time.ts'
import { count } from './count.ts'
import { decaying } from './decaying.ts'
import { distinct } from './distinct.ts'
import { ema } from './ema.ts'
import { extreme } from './extreme.ts'
import { histogram } from './histogram.ts'
import { mean } from './mean.ts'
import { quantile } from './quantile.ts'
import { session } from './session.ts'
import { spread } from './spread.ts'
import { sum } from './sum.ts'
import { topK } from './top-k.ts'

/** Every aggregate by the word it has in the language. Nothing else lists them. */
export const AGGREGATES = {
  count,
  sum,
  mean,
  variance: spread('variance'),
  deviation: spread('deviation'),
  min: extreme('min'),
  max: extreme('max'),
  latest: byTime('latest'),
  earliest: byTime('earliest'),
  distinct,
  approxDistinct,
  histogram,
  quantile,
  topK,
  breakdown,
  ema,
  decayingCount: decaying('count'),
  decayingSum: decaying('sum'),
  session,
} satisfies Readonly<Record<string, Aggregate>>

export type AggregateName = keyof typeof AGGREGATES

const BY_NAME: ReadonlyMap<string, Aggregate> = new Map(Object.entries(AGGREGATES))

/** The aggregate of a call. Throws for a name that no aggregate has. */
export const aggregateOf = ({ fn }: { readonly fn: string }): Aggregate =>
  must(BY_NAME.get(fn), `the aggregate '${fn}'`)
