import { useRates } from '../../data/rates.ts'
import { Loading } from '../../parts/loading.tsx'
import { TimeChart } from '../../parts/time-chart.tsx'

/** What came and what was applied, second by second, since the console was opened. */
export const Flow = () => {
  const rates = useRates()
  if (rates.length < 3) return <Loading what="the first seconds" lines={5} />
  return (
    <TimeChart
      label="Events per second"
      height={200}
      times={rates.map(({ at }) => at)}
      series={[
        { name: 'came', tone: 'plain', values: rates.map(({ came }) => came) },
        { name: 'applied', tone: 'speed', values: rates.map(({ applied }) => applied) },
      ]}
    />
  )
}
