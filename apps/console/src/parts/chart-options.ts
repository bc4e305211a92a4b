import uPlot from 'uplot'
import { compact } from '../words/format.ts'
import type { Series, TimeChartProps } from './chart-data.ts'

/** Bars begin at nought, and a line without room above it looks cut off. */
const RANGE: uPlot.Range.Function = (_plot, least, most) => {
  const [low, high] = [Math.min(least ?? 0, 0), Math.max(most ?? 0, 0)]
  const room = (high - low || 1) * 0.08
  return [low < 0 ? low - room : 0, high > 0 || low === 0 ? high + room : 0]
}

/** Bars stand on their times, so half of the first and of the last one needs room; one time alone needs some as well. */
const timesOf =
  ({ look }: TimeChartProps): uPlot.Range.Function =>
  ({ data: [times] }) => {
    const [first = 0, second = first + ALONE] = times
    const last = times.at(-1) ?? first
    const room = look === 'bars' ? (second - first) / 2 : first === last ? ALONE / 2 : 0
    return [first - room, last + room]
  }

/** Seconds around a time that has no neighbour. */
const ALONE = 60

export const dataOf = ({ times, series }: TimeChartProps): uPlot.AlignedData => [
  times.map((ms) => ms / 1_000),
  ...series.map(({ values }) => [...values]),
]

/** Colours are the page's own, read where the chart stands. */
export const chartOptions = (props: TimeChartProps, element: HTMLElement): uPlot.Options => {
  const style = getComputedStyle(element)
  const colour = (name: string): string => style.getPropertyValue(`--${name}`).trim()
  const axis: uPlot.Axis = {
    stroke: colour('text-quiet'),
    font: `11px ${style.fontFamily}`,
    grid: { stroke: colour('line'), width: 1 },
    ticks: { show: false },
  }
  return {
    width: Math.max(element.clientWidth, 120),
    height: props.height ?? 200,
    padding: [10, 22, 0, 0],
    // Windows are in UTC, and so is what is drawn of them.
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1_000), 'Etc/UTC'),
    cursor: { points: { size: 7 }, drag: { x: false, y: false } },
    legend: { show: props.series.length > 1, live: true },
    scales: { x: { range: timesOf(props) }, y: { range: RANGE } },
    axes: [
      { ...axis, space: 64, size: 40, incrs: STEPS, values: TIMES },
      { ...axis, size: 52, values: (_plot, splits) => splits.map(compact) },
    ],
    series: [
      { value: '{YYYY}-{MM}-{DD} {HH}:{mm}:{ss}' },
      ...props.series.map((one) => seriesOf(one, props, colour)),
    ],
    hooks: { draw: [(plot) => drawMarks(plot, props, colour)] },
  }
}

/** Whole seconds, minutes, hours, days and more: what stands below a chart is never said twice. */
const STEPS = [
  ...[1, 5, 10, 30].flatMap((number) => [number, number * 60]),
  ...[1, 2, 6, 12].map((hours) => hours * 3_600),
  ...[1, 2, 7, 14, 30, 90, 365, 730].map((days) => days * 86_400),
].sort((a, b) => a - b)

/** Hours of a day as on its clock: 14:05, not 2:05 pm. */
const DAY = '\n{YYYY}-{MM}-{DD}'
const TIMES: uPlot.Axis.Values = [
  [86_400 * 365, '{YYYY}', null, null, null, null, null, null, 1],
  [86_400 * 28, '{MMM}', '\n{YYYY}', null, null, null, null, null, 1],
  [86_400, '{D} {MMM}', '\n{YYYY}', null, null, null, null, null, 1],
  [60, '{HH}:{mm}', DAY, null, DAY, null, null, null, 1],
  [1, '{HH}:{mm}:{ss}', DAY, null, DAY, null, null, null, 1],
]

const seriesOf = (
  { name, tone }: Series,
  { look = 'line' }: TimeChartProps,
  colour: (name: string) => string,
): uPlot.Series => {
  const stroke = colour(`tone-${tone}`)
  const base: uPlot.Series = {
    label: name,
    stroke,
    width: 2,
    points: { show: false },
    value: (_plot, value) => (value === null ? '–' : compact(value)),
  }
  const bars = uPlot.paths.bars?.({ size: [0.8, 40], radius: 0.15 })
  if (look === 'bars' && bars !== undefined) return { ...base, width: 0, fill: stroke, paths: bars }
  return tone === 'merged' || tone === 'plain' ? { ...base, fill: colour(`tone-${tone}-soft`) } : base
}

const drawMarks = (
  { ctx, bbox, valToPos }: uPlot,
  { marks = [] }: TimeChartProps,
  colour: (name: string) => string,
): void => {
  const ratio = devicePixelRatio
  for (const { at, name } of marks) {
    const x = Math.round(valToPos(at / 1_000, 'x', true))
    if (x < bbox.left || x > bbox.left + bbox.width) continue
    ctx.save()
    ctx.strokeStyle = ctx.fillStyle = colour('text')
    ctx.setLineDash([4 * ratio, 4 * ratio])
    ctx.beginPath()
    ctx.moveTo(x, bbox.top)
    ctx.lineTo(x, bbox.top + bbox.height)
    ctx.stroke()
    const isRight = x > bbox.left + bbox.width / 2
    ctx.textAlign = isRight ? 'right' : 'left'
    ctx.font = `${11 * ratio}px system-ui, sans-serif`
    ctx.fillText(name, x + (isRight ? -5 : 5) * ratio, bbox.top + 11 * ratio)
    ctx.restore()
  }
}
