import { count, deviation, earliest, hours, latest, max, mean, min, minutes, tumbling, view } from 'tidewater'
import { SensorReading } from './events.ts'

/** Degrees Celsius from which a motor is too hot. */
const TOO_HOT = 75
/** Deviations from the usual from which a value is an anomaly. */
const UNUSUAL = 3
/** A device is silent when it misses this many readings of its own usual pace. */
const MISSED = 5

export const ReadingsBy5Minutes = view('ReadingsBy5Minutes', {
  doc: 'What each device measured, five minutes by five minutes.',
  from: SensorReading,
  by: 'sensorId',
  window: tumbling(minutes(5)),
  measure: (r) => ({
    readings: count(),
    temperature: mean(r.temperature),
    humidity: mean(r.humidity),
    value: mean(r.value),
    least: min(r.value),
    greatest: max(r.value),
    spread: deviation(r.value),
  }),
})

export const DeviceHealth = view('DeviceHealth', {
  doc: 'When each device was last heard of, and whether that is longer ago than its own pace explains.',
  from: SensorReading,
  by: 'sensorId',
  measure: (r) => {
    const silentFor = latest(r.at).secondsAgo()
    const span = earliest(r.at).secondsAgo().minus(silentFor)
    const secondsBetween = span.dividedBy(count().minus(1))
    return {
      readings: count(),
      lastSeen: latest(r.at),
      silentFor,
      secondsBetween,
      silent: silentFor.above(secondsBetween.times(MISSED)),
    }
  },
})

export const HotByHour = view('HotByHour', {
  doc: `How many readings of an hour were at ${TOO_HOT} °C or above.`,
  from: SensorReading,
  by: 'sensorId',
  window: tumbling('hour'),
  measure: (r) => ({
    readings: count(),
    tooHot: count({ where: r.temperature.atLeast(TOO_HOT) }),
    hottest: max(r.temperature),
  }),
})

export const SensorAnomaly = view('SensorAnomaly', {
  doc: `How far each device is from its own last day: ${UNUSUAL} deviations and more are an anomaly.`,
  from: SensorReading,
  by: 'sensorId',
  measure: (r) => {
    const now = mean(r.value).last(minutes(5))
    const usual = mean(r.value).last(hours(24))
    const score = now.minus(usual).dividedBy(deviation(r.value).last(hours(24)))
    return { now, usual, score: score.round(3), anomaly: score.abs().atLeast(UNUSUAL) }
  },
})
