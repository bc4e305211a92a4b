import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import { boundedLabels } from './bounded-labels.ts'

type Labels = Readonly<Record<string, string>>

export interface MetricSpec {
  /** snake_case without the prefix; counters end in _total, times in _seconds, sizes in _bytes. */
  readonly name: string
  readonly help: string
  readonly labels?: readonly string[]
}

/** Counts, levels and distributions of one process, all named tidewater_…; label values are bounded. */
export interface Metrics {
  /** Answers a function that adds `by` (default 1). */
  counter(spec: MetricSpec): (labels?: Labels, by?: number) => void
  /** Answers a function that sets the level. */
  gauge(spec: MetricSpec): (value: number, labels?: Labels) => void
  /** A level that is asked for at every scrape. */
  sampled(spec: MetricSpec, sample: () => number): void
  /** Answers a function that records a value; `buckets` are upper bounds, ascending. */
  histogram(
    spec: MetricSpec & { readonly buckets: readonly number[] },
  ): (value: number, labels?: Labels) => void
  readonly contentType: string
  /** Prometheus text format. */
  text(): Promise<string>
}

const maxLabelValues = 200

export function createMetrics(): Metrics {
  const registry = new Registry()
  const metrics: Metrics = {
    counter(spec) {
      const bounded = boundedLabels(maxLabelValues)
      const counter = new Counter({ ...shapeOf(spec), registers: [registry] })
      return (labels = {}, by = 1) => counter.inc(bounded(labels), by)
    },
    gauge(spec) {
      const bounded = boundedLabels(maxLabelValues)
      const gauge = new Gauge({ ...shapeOf(spec), registers: [registry] })
      return (value, labels = {}) => gauge.set(bounded(labels), value)
    },
    sampled(spec, sample) {
      const gauge: Gauge = new Gauge({
        ...shapeOf(spec),
        registers: [registry],
        collect: () => gauge.set(sample()),
      })
    },
    histogram(spec) {
      const bounded = boundedLabels(maxLabelValues)
      const histogram = new Histogram({ ...shapeOf(spec), buckets: [...spec.buckets], registers: [registry] })
      return (value, labels = {}) => histogram.observe(bounded(labels), value)
    },
    contentType: registry.contentType,
    text: () => registry.metrics(),
  }
  sampleProcess(metrics)
  return metrics
}

// prom-client's own process metrics keep a 10 ms timer alive; these are read only when asked for.
function sampleProcess(metrics: Metrics): void {
  metrics.sampled({ name: 'process_cpu_seconds', help: 'User and system CPU time used so far.' }, () => {
    const { user, system } = process.cpuUsage()
    return (user + system) / 1e6
  })
  metrics.sampled({ name: 'process_resident_memory_bytes', help: 'Resident memory.' }, () =>
    process.memoryUsage.rss(),
  )
  metrics.sampled(
    { name: 'process_heap_bytes', help: 'JavaScript heap in use.' },
    () => process.memoryUsage().heapUsed,
  )
  metrics.sampled({ name: 'process_uptime_seconds', help: 'Time since start.' }, () => process.uptime())
}

function shapeOf(spec: MetricSpec): { name: string; help: string; labelNames: string[] } {
  return { name: `tidewater_${spec.name}`, help: spec.help, labelNames: [...(spec.labels ?? [])] }
}
