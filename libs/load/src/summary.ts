import type { EventDefinition } from 'tidewater'
import type { LoadResult } from './load-file.ts'

const number = (value: number): string => value.toLocaleString('en-US')

export interface SummaryContext {
  readonly event: EventDefinition
  readonly zone: string
  readonly seconds: number
  /** Seconds until the speed layer had everything; null when nobody waited. */
  readonly visibleAfter: number | null
  readonly now: number
}

/** An hour: what ends earlier is history to every window that looks at the wall clock. */
const RECENT_MS = 3_600_000

/** What was loaded, in a few lines. */
export const summaryOf = (result: LoadResult, context: SummaryContext): string => {
  const { read, sent, duplicates, broken, firstTime, lastTime } = result
  const rate = number(Math.round(read / Math.max(context.seconds, 0.001)))
  const lines = [
    `${number(read)} rows in ${context.seconds.toFixed(1)} s (${rate}/s): ${number(sent)} new, ${number(duplicates)} there already, ${number(broken)} broken`,
  ]
  if (firstTime !== null && lastTime !== null) {
    lines.push(
      `${context.event.time} from ${new Date(firstTime).toISOString()} to ${new Date(lastTime).toISOString()}; times without a zone are ${context.zone}`,
    )
  }
  if (broken > 0)
    lines.push(
      `broken rows are in the dead letters (tidewater dead ${context.event.name}), e.g.`,
      ...result.examples.map((example) => `  ${example}`),
    )
  if (lastTime !== null && lastTime < context.now - RECENT_MS) {
    lines.push('this is history: windows up to \'now\' are over; ask with asOf: "stream" to stand at its end')
  }
  if (context.visibleAfter !== null)
    lines.push(`visible in GraphQL after ${context.visibleAfter.toFixed(1)} s`)
  return lines.join('\n')
}
