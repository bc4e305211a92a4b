import { event, id, instant, minutes, number } from 'tidewater'
import type { Row } from 'tidewater'

export const SensorReading = event('SensorReading', {
  doc: 'What a device measured at a moment; it sends what it has.',
  fields: {
    sensorId: id(),
    at: instant(),
    temperature: number().optional(),
    humidity: number().optional(),
    value: number().optional(),
  },
  key: 'sensorId',
  time: 'at',
  lateness: minutes(10),
})
export type SensorReading = Row<typeof SensorReading>
