import type { WorkerRegistry } from '@tidewater/ports'

const nameOf = (counter: string): string => `tidewater_${counter.replace(/[^a-zA-Z0-9_]/g, '_')}_total`
const quoted = (text: string): string => JSON.stringify(text.slice(0, 100))

/** Counters of every worker in Prometheus text, so that one scrape sees the whole platform. */
export const workerMetrics = async (registry: WorkerRegistry): Promise<string> => {
  const workers = await registry.workers().catch(() => [])
  const lines: string[] = []
  const byCounter = new Map<string, string[]>()
  for (const { name, role, counters } of workers) {
    for (const [counter, value] of Object.entries(counters)) {
      const own = byCounter.get(counter) ?? []
      byCounter.set(counter, own)
      own.push(`${nameOf(counter)}{worker=${quoted(name)},role=${quoted(role)}} ${value}`)
    }
  }
  for (const [counter, own] of byCounter) lines.push(`# TYPE ${nameOf(counter)} counter`, ...own)
  const owned = workers.map(
    ({ name, role, partitions }) =>
      `tidewater_worker_partitions{worker=${quoted(name)},role=${quoted(role)}} ${partitions.length}`,
  )
  if (owned.length > 0)
    lines.push(
      '# HELP tidewater_worker_partitions Partitions a worker owns.',
      '# TYPE tidewater_worker_partitions gauge',
      ...owned,
    )
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`
}
