import { lazy, Suspense } from 'react'
import type { TimeChartProps } from './chart-data.ts'
import { Loading } from './loading.tsx'

const Drawn = lazy(async () => ({ default: (await import('./drawn-chart.tsx')).DrawnChart }))

/** A chart over time. The library that draws is loaded with the first one. */
export const TimeChart = (props: TimeChartProps) => (
  <figure className="chart" aria-label={`${props.label}: ${inWords(props)}`} role="img">
    <Suspense fallback={<Loading what="the chart" lines={4} />}>
      <Drawn {...props} />
    </Suspense>
  </figure>
)

/** What a chart shows, for those who do not see it. */
const inWords = ({ times, series }: TimeChartProps): string => {
  const [from, to] = [times[0], times.at(-1)]
  if (from === undefined || to === undefined) return 'no values'
  const range = `${new Date(from).toISOString()} to ${new Date(to).toISOString()}`
  const said = series.map(({ name, values }) => {
    const known = values.filter((value) => value !== null)
    if (known.length === 0) return `${name} has none`
    return `${name} from ${Math.min(...known)} to ${Math.max(...known)}, last ${known.at(-1) ?? 0}`
  })
  return `${range}; ${said.join('; ')}`
}
