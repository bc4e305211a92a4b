import { useEffect, useLayoutEffect, useRef } from 'react'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { useIsDark } from '../app/theme.ts'
import { chartOptions, dataOf } from './chart-options.ts'
import type { TimeChartProps } from './chart-data.ts'

/** The chart itself: made once for a look, then handed new values. */
export const DrawnChart = (props: TimeChartProps) => {
  const box = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot | null>(null)
  const isDark = useIsDark()
  const { height = 200, look = 'line' } = props
  const data = dataOf(props)
  // Another look or other lines make another chart; values alone do not.
  const shape = JSON.stringify([isDark, height, look, props.marks, props.series.map((s) => [s.name, s.tone])])
  useLayoutEffect(() => {
    const element = box.current
    if (element === null) return undefined
    const drawn = new uPlot(chartOptions(props, element), data, element)
    plot.current = drawn
    const watcher = new ResizeObserver(() => drawn.setSize({ width: element.clientWidth, height }))
    watcher.observe(element)
    return () => {
      watcher.disconnect()
      drawn.destroy()
      plot.current = null
    }
  }, [shape])
  useEffect(() => plot.current?.setData(data))
  return <div ref={box} className="chart-box" style={{ blockSize: height }} aria-hidden="true" />
}
