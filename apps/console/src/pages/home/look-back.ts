export const LookBacks = ['15m', '1h', '6h', '24h'] as const
export type LookBack = (typeof LookBacks)[number]

export const lookBackOf = (text: string | null): LookBack => LookBacks.find((known) => known === text) ?? '1h'

/** From when on a windowed view is drawn: at least a day of hours, a season of days, all months there are. */
export const fromOf = (every: string, lookBack: LookBack): string | null => {
  const [, unit] = /^\d+(\w+)$/.exec(every) ?? []
  if (unit === 's' || unit === 'm') return `now-${lookBack}`
  if (unit === 'h') return 'now-24h'
  return unit === 'd' || unit === 'w' ? 'now-90d' : null
}

/** The same in words, behind an amount: 'in the last hour'. */
export const sinceWords = (from: string | null): string =>
  from === null
    ? 'in all'
    : `in the last ${from.slice(4).replace('h', ' h').replace('m', ' min').replace('d', ' d')}`
