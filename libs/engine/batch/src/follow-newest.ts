import { repeatEvery } from '@tidewater/ports'
import { readPointer } from '@tidewater/seam'
import { placesOf, type BatchOptions, type BatchPorts } from './batch-ports.ts'
import { publishNewest } from './run-generation.ts'
import { warnIfAway } from './store-failure.ts'

const LOOK_EVERY_MS = 2000

/**
 * Has readers and analysts follow the lake for as long as the worker runs: what cannot be shown yet is shown later, and a
 * store that lost the pointer, or its tail with it, is given the newest generation again. Answers how to stop.
 */
export const followNewest = async (ports: BatchPorts, options: BatchOptions): Promise<() => void> => {
  const publish = async (): Promise<boolean> => {
    try {
      return await publishEverywhere(ports, options)
    } catch (error) {
      warnIfAway(options, 'the newest generation is not shown yet; trying again')(error)
      return false
    }
  }
  let isShown = await publish()
  let wasBehind = false
  const fell = pointerWatch(ports)
  const look = async (): Promise<void> => {
    const isBehind = await fell().catch((error: unknown) => {
      warnIfAway(options, 'the store cannot be looked at for the moment')(error)
      return false
    })
    // A worker that is just publishing is given one round to finish.
    if (!isShown || (isBehind && wasBehind)) isShown = await publish()
    wasBehind = isBehind
  }
  return repeatEvery(ports.timers, LOOK_EVERY_MS, look)
}

/** False: an engine shows nothing yet. */
const publishEverywhere = async (ports: BatchPorts, options: BatchOptions): Promise<boolean> => {
  const newest = await publishNewest(ports, options, await placesOf(ports.log, options.catalog))
  if (newest !== null) return true
  let everyEngineShows = true
  for (const warehouse of ports.warehouses)
    await warehouse.publish(null).catch((error: unknown) => {
      warnIfAway(options, `${warehouse.name} has no views yet; trying again`)(error)
      everyEngineShows = false
    })
  return everyEngineShows
}

/** Tells whether the store's pointer is behind the lake. The lake is asked only when the pointer fell, so looking is one small read. */
const pointerWatch = (ports: Pick<BatchPorts, 'store' | 'lake'>): (() => Promise<boolean>) => {
  let highest = 1
  return async () => {
    const number = (await readPointer(ports.store))?.number ?? 0
    if (number >= highest) {
      highest = number
      return false
    }
    const newest = (await ports.lake.generations()).at(-1)
    return newest !== undefined && number < newest.number
  }
}
