import { openTestPlatform } from './open-test-platform.ts'
import type { SpeedWorker } from '@tidewater/engine-speed'
import { catalog, PARTITIONS, START, type Sold } from './shop-catalog.ts'

export interface ShopOptions {
  /** Views the speed worker does not know of yet. */
  readonly unmaintained?: readonly string[]
}

/** The platform with sales, one speed worker and one serving process; its wall clock stands at START until a test moves it. */
export const openShop = async ({ unmaintained = [] }: ShopOptions = {}) => {
  const p = await openTestPlatform({ catalog, partitions: PARTITIONS, startMs: START })
  const views = new Map([...catalog.views].filter(([view]) => !unmaintained.includes(view)))
  let worker: SpeedWorker | null = null
  const startWorker = async (): Promise<void> => {
    worker = await p.startSpeed({ catalog: { ...catalog, views } })
  }
  const stopWorker = async (): Promise<void> => {
    if (worker !== null) await p.stop(worker)
    worker = null
  }
  const sell = async (...sales: readonly Sold[]): Promise<void> => {
    await p.produce('Sale', ...sales.map((sold) => ({ ...sold })))
    if (worker !== null) await p.settle()
  }
  const at = async (deed: () => Promise<unknown>): Promise<void> => {
    const now = p.clock.now()
    await deed()
    p.setClock(now)
  }
  await startWorker()
  const serving = await p.startServing()
  const ask: typeof p.ask = (source, of = serving) => p.ask(source, of)
  return {
    ...{ ...p, serving, ask, startWorker, stopWorker, sell },
    archive: () => at(p.archive),
    publish: () => at(p.generate),
  }
}
export type Shop = Awaited<ReturnType<typeof openShop>>
