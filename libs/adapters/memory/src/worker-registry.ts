import type { Clock } from '@tidewater/ports'
import type { WorkerInfo, WorkerRegistry } from '@tidewater/ports'

export const createMemoryWorkerRegistry = (clock: Clock): WorkerRegistry => {
  const known = new Map<string, { readonly worker: WorkerInfo; readonly until: number }>()
  return {
    announce: async (worker, ttlMs) => {
      known.set(worker.name, { worker, until: clock.elapsed() + ttlMs })
    },
    leave: async (name) => {
      known.delete(name)
    },
    workers: async () => {
      for (const [name, { until }] of known) if (until <= clock.elapsed()) known.delete(name)
      return [...known.values()].map(({ worker }) => worker).sort((a, b) => (a.name < b.name ? -1 : 1))
    },
  }
}
