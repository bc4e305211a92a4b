import type { GenerationPlan, GenerationRecord, JobProgress, Warehouse } from '@tidewater/ports'
import type { BatchOptions, BatchPorts } from './batch-ports.ts'
import { sharedViews } from './held-views.ts'
import { planGeneration } from './plan-generation.ts'
import { warnIfAway } from './store-failure.ts'

type Report = (progress: JobProgress) => void

/** Whether an engine took part in a generation. */
export const isIn = (generation: GenerationRecord, { name }: Pick<Warehouse, 'name'>): boolean =>
  name === 'duckdb' ? generation.duckdbFile !== null : generation.clickhouse

/**
 * All engines, one after the other: two would only share the same cores. The first must succeed; another that is away or
 * disagrees is left out of this generation and keeps showing its last one.
 */
export const recompute = async (
  ports: BatchPorts,
  options: BatchOptions,
  plan: GenerationPlan,
  report: Report,
): Promise<ReadonlySet<Warehouse['name']>> => {
  const done = new Set<Warehouse['name']>()
  const counts = new Map<string, number>()
  for (const [index, warehouse] of ports.warehouses.entries()) {
    const step = `recompute in ${warehouse.name}`
    report({ step, fraction: 0 })
    try {
      const built = await warehouse.build(plan, (fraction) => report({ step, fraction }))
      for (const { view, slots } of built) {
        const before = counts.get(view)
        if (before !== undefined && before !== slots)
          throw new Error(
            `${warehouse.name} has ${slots} rows of state for ${view}, another engine has ${before}`,
          )
        counts.set(view, slots)
      }
      done.add(warehouse.name)
    } catch (error) {
      if (index === 0) throw error
      warnIfAway(options, `generation ${plan.number} is published without ${warehouse.name}`)(error)
    }
  }
  return done
}

/**
 * What was built is a function of cuts and definitions, so an engine that lost its part builds it again under the same id: the views
 * that this worker defines as the generation did, and no other. A worker that knows another of them adds it.
 */
export const rebuildLost = async (
  ports: BatchPorts,
  options: BatchOptions,
  generation: GenerationRecord,
): Promise<void> => {
  const views = sharedViews(options.machines, generation)
  for (const [index, warehouse] of ports.warehouses.entries()) {
    try {
      if (!isIn(generation, warehouse) || (await warehouse.holds(generation.id, views))) continue
      options.warn(`${warehouse.name} lost generation ${generation.number}; building it again`, null)
      const { plan } = await planGeneration(ports, options, generation)
      await warehouse.build(plan, () => undefined)
    } catch (error) {
      if (index === 0) throw error
      warnIfAway(options, `${warehouse.name} cannot be asked for generation ${generation.number}`)(error)
    }
  }
}
