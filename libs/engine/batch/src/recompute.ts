import type { BuiltView, GenerationPlan, GenerationRecord, JobProgress, Warehouse } from '@tidewater/ports'
import type { BatchOptions, BatchPorts } from './batch-ports.ts'
import { sharedViews } from './held-views.ts'
import { planGeneration } from './plan-generation.ts'
import { warnIfAway } from './store-failure.ts'

type Report = (progress: JobProgress) => void

/** Which engines took part, and what each view leaves out for want of a key (A4). */
interface Recomputed {
  readonly engines: ReadonlySet<Warehouse['name']>
  readonly keyless: Readonly<Record<string, number>>
}

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
): Promise<Recomputed> => {
  const engines = new Set<Warehouse['name']>()
  const counts = new Map<string, BuiltView>()
  for (const [index, warehouse] of ports.warehouses.entries()) {
    const step = `recompute in ${warehouse.name}`
    report({ step, fraction: 0 })
    try {
      const built = await warehouse.build(plan, (fraction) => report({ step, fraction }))
      for (const view of built) {
        const before = counts.get(view.view)
        if (before !== undefined) mustAgree(warehouse.name, view, before)
        counts.set(view.view, { ...view, keyless: view.keyless ?? before?.keyless ?? null })
      }
      engines.add(warehouse.name)
    } catch (error) {
      if (index === 0) throw error
      warnIfAway(options, `generation ${plan.number} is published without ${warehouse.name}`)(error)
    }
  }
  const keyless = [...counts.values()].flatMap(({ view, keyless: n }) =>
    n === null || n === 0 ? [] : [[view, n] as const],
  )
  return { engines, keyless: Object.fromEntries(keyless) }
}

const mustAgree = (engine: string, { view, slots, keyless }: BuiltView, before: BuiltView): void => {
  if (before.slots !== slots)
    throw new Error(`${engine} has ${slots} rows of state for ${view}, another engine has ${before.slots}`)
  if (before.keyless !== null && keyless !== null && before.keyless !== keyless)
    throw new Error(
      `${engine} finds ${keyless} rows without a key of ${view}, another engine ${before.keyless}`,
    )
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
      const { plan } = await planGeneration(ports, options, generation, null)
      await warehouse.build(plan, () => undefined)
    } catch (error) {
      if (index === 0) throw error
      warnIfAway(options, `${warehouse.name} cannot be asked for generation ${generation.number}`)(error)
    }
  }
}
