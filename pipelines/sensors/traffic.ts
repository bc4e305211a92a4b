/** Believable readings of a machine hall: pure and seeded. Now and then a device drifts off, or falls silent and sends what it kept. */
import { normal, seeded } from '../random.ts'
import { isoOf, type Sent, type TrafficOptions } from '../sent.ts'

export interface SensorReadingJson {
  readonly sensorId: string
  /** ISO, UTC. */
  readonly at: string
  /** °C */
  readonly temperature: number
  /** % */
  readonly humidity?: number
  /** Pressure, bar. */
  readonly value: number
}

const DEVICES = 10
const DAY_MS = 86_400_000
/** Readings that a fault lasts. */
const FAULT_LENGTH = 15
const FAULT_SHARE = 0.004

interface Device {
  readonly sensorId: string
  /** Readings left of a fault; what it is. */
  faulty: number
  fault: 'hot' | 'offline'
}

/** Endless, ordered by the time of sending. Every device sends in its turn. */
export function* traffic({ seed, now, rate }: TrafficOptions): Generator<Sent<SensorReadingJson>, never> {
  const random = seeded(seed)
  const devices = Array.from({ length: DEVICES }, (_, i): Device => ({
    ...{ sensorId: `pump-${String(i + 1).padStart(2, '0')}`, faulty: 0, fault: 'hot' },
  }))
  const kept = new Map<string, SensorReadingJson[]>()
  for (let turn = 0; ; turn++) {
    const at = now + (turn * 1_000) / rate
    const device = devices[turn % DEVICES]
    if (device === undefined) throw new Error('no device')
    if (device.faulty === 0 && random() < FAULT_SHARE) {
      device.faulty = FAULT_LENGTH
      device.fault = random() < 0.5 ? 'hot' : 'offline'
    }
    const reading = readingOf(device, at, random)
    const held = kept.get(device.sensorId) ?? []
    if (device.faulty > 0) device.faulty--
    if (device.fault === 'offline' && device.faulty > 0) {
      kept.set(device.sensorId, [...held, reading])
      continue
    }
    kept.delete(device.sensorId)
    for (const event of [...held, reading]) yield { sendAt: at, event }
  }
}

const readingOf = (device: Device, at: number, random: () => number): SensorReadingJson => {
  const warmth = 3 * Math.sin(((at % DAY_MS) / DAY_MS) * 2 * Math.PI - 2)
  const drift = device.fault === 'hot' && device.faulty > 0 ? 18 : 0
  const rounded = (value: number, digits: number): number => Number(value.toFixed(digits))
  const reading = {
    ...{ sensorId: device.sensorId, at: isoOf(at) },
    temperature: rounded(68 + warmth + drift + normal(random), 1),
    value: rounded(4 + drift / 20 + 0.1 * normal(random), 3),
  }
  // Only every second device has a hygrometer.
  const humid = Number(device.sensorId.slice(-1)) % 2 === 0
  return humid ? { ...reading, humidity: rounded(45 - warmth + normal(random), 1) } : reading
}
