import { describe, expect, it } from 'vitest'
import { createMetrics } from './metrics.ts'

describe('metrics', () => {
  it('counts with a prefix and labels', async () => {
    const metrics = createMetrics()
    const count = metrics.counter({ name: 'events_total', help: 'Events.', labels: ['topic'] })
    count({ topic: 'event.a' })
    count({ topic: 'event.a' }, 4)
    expect(await metrics.text()).toContain('tidewater_events_total{topic="event.a"} 5')
  })

  it('never keeps more than 200 values of a label: the rest is "other"', async () => {
    const metrics = createMetrics()
    const count = metrics.counter({ name: 'rejected_total', help: 'Rejections.', labels: ['event'] })
    for (let i = 0; i < 1_000; i++) count({ event: `e${i}` })
    const lines = (await metrics.text())
      .split('\n')
      .filter((line) => line.startsWith('tidewater_rejected_total{'))
    expect(lines).toHaveLength(201)
    expect(lines).toContain('tidewater_rejected_total{event="other"} 800')
  })
})
