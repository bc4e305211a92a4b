import { PlatformError } from '@tidewater/base'
import { type GenerationRecord, type TopicPartition, type Warehouse } from '@tidewater/ports'
import {
  cutOf,
  ensureGenesis,
  movePointer,
  namesPlace,
  pointerOf,
  readPointer,
  registerGeneration,
  strayedBelow,
  unregisterGeneration,
  type Change,
} from '@tidewater/seam'
import { keyOf, type BatchOptions, type BatchPorts } from './batch-ports.ts'
import { sharedViews } from './held-views.ts'
import { loadBatchParts } from './load-batch-parts.ts'
import { isIn } from './recompute.ts'
import { warnIfAway } from './store-failure.ts'
import { headersOf } from './take-cut.ts'

export type PublishResult =
  | { readonly kind: 'published' }
  /** A higher generation is there already. */
  | { readonly kind: 'superseded' }
  /** This store recorded other cuts under its number: it is dropped and recomputed from those (C3). */
  | { readonly kind: 'dropped' }
  /** This store has gone on to a higher one that was dropped since, or was lost just now. It stays: a lost store begins there. */
  | { readonly kind: 'passed' }

/**
 * Makes readers use a durable generation (C4): batch parts beside the old ones, then its name on every partition, then the
 * pointer, then the SQL views. Each step may be done again after a crash, or at the same time by another worker.
 */
export const publishGeneration = async (
  ports: BatchPorts,
  options: BatchOptions,
  places: readonly TopicPartition[],
  generation: GenerationRecord,
  progress: (fraction: number) => void,
): Promise<PublishResult> => {
  await ensureGenesis(ports, places, generation)
  let warehouse: Warehouse | null = null
  const headers = await headersOf(ports, places)
  const isKnown = knownTo(options)
  let isPassed = false
  for (const [index, place] of places.entries()) {
    const cut = cutOf(generation, place)
    const registered =
      headers[index]?.cuts.some(
        ({ number, id, cut: own, lacks = [] }) =>
          number === generation.number && id === generation.id && own === cut && !lacks.some(isKnown),
      ) ?? false
    if (!registered) {
      warehouse ??= await holderOf(ports, options, generation)
      const partitions = places.filter(({ topic }) => topic === place.topic).length
      const change = await loadAndRegister(ports, options, warehouse, place, partitions, generation)
      if (change.kind === 'refused') {
        if (change.reason === 'conflict') {
          // it says nothing of a partition that came while it was built: there the next one is the first
          if (!namesPlace(generation, place)) continue
          await dropGeneration(ports, options, places, generation)
          return { kind: 'dropped' }
        }
        await ports.store.dropBatch(place, generation.id, Object.values(generation.fingerprints))
        if (await isSuperseded(ports, generation)) return { kind: 'superseded' }
        // the others get its name all the same: no cut is recorded where it could still be and is not
        isPassed = true
      }
    }
    progress((index + 1) / places.length)
  }
  if (isPassed) return { kind: 'passed' }
  if (!(await movePointer(ports.store, pointerOf(generation)))) {
    const pointer = await readPointer(ports.store)
    if (pointer?.id !== generation.id) return { kind: 'superseded' }
  }
  // Readers look for themselves a moment later.
  await ports.store
    .notify('generation', generation.id)
    .catch(warnIfAway(options, 'readers are not told of the new generation'))
  for (const engine of ports.warehouses) await publishSql(engine, options, generation)
  return { kind: 'published' }
}

/** Below a floor either because a higher one is published, or because the store kept the floor of one that was dropped. */
const isSuperseded = async (ports: BatchPorts, { number }: GenerationRecord): Promise<boolean> =>
  (await ports.lake.generations()).some((other) => other.number > number)

/** Whether a fingerprint is of this worker's own definitions: of another the part cannot be made. */
const knownTo = ({ machines }: BatchOptions): ((fingerprint: string) => boolean) => {
  const own = new Set([...machines.values()].map(({ fingerprint }) => fingerprint))
  return (fingerprint) => own.has(fingerprint)
}

const LOADS = 3

/** A store that loses its tail in between has lost some of what was loaded: then it is loaded again. */
const loadAndRegister = async (
  ports: BatchPorts,
  options: BatchOptions,
  warehouse: Warehouse,
  place: TopicPartition,
  partitions: number,
  generation: GenerationRecord,
): Promise<Change> => {
  const { number, id } = generation
  const strayed = strayedBelow(generation, place, partitions)
  const isKnown = knownTo(options)
  const lacks = Object.values(generation.fingerprints).filter((fingerprint) => !isKnown(fingerprint))
  for (let load = 1; ; load++) {
    const parts = await loadBatchParts(ports.store, warehouse, place, generation, options.machines)
    const change = await registerGeneration(
      ports.store,
      place,
      { number, id, cut: cutOf(generation, place), strayed, parts, lacks },
      ports.nonce,
    )
    if (change.kind === 'done' || change.reason !== 'incomplete') return change
    if (load === LOADS)
      throw new PlatformError(
        'UNAVAILABLE',
        `the batch part of ${keyOf(place)} did not stay in the store`,
        'run the generation again',
      )
  }
}

/** Analysts' tables follow readers: while one SQL engine is away its last generation ∪ live tail is as exact, only slower. */
const publishSql = async (
  engine: Warehouse,
  options: BatchOptions,
  generation: GenerationRecord,
): Promise<void> => {
  if (!isIn(generation, engine)) return
  await engine
    .publish(generation)
    .catch(warnIfAway(options, `${engine.name} still shows the generation before ${generation.number}`))
}

const holderOf = async (
  ports: BatchPorts,
  { machines }: BatchOptions,
  generation: GenerationRecord,
): Promise<Warehouse> => {
  const views = sharedViews(machines, generation)
  for (const warehouse of ports.warehouses) if (await warehouse.holds(generation.id, views)) return warehouse
  throw new Error(
    `no SQL engine holds generation ${generation.id} any more; remove it from the lake's generations to build it again`,
  )
}

export const dropGeneration = async (
  ports: BatchPorts,
  options: BatchOptions,
  places: readonly TopicPartition[],
  generation: GenerationRecord,
): Promise<void> => {
  await ports.lake.removeGeneration(generation.id)
  const fingerprints = [...options.machines.values()].map((machine) => machine.fingerprint)
  for (const place of places) {
    await unregisterGeneration(ports.store, place, generation, ports.nonce)
    await ports.store.dropBatch(place, generation.id, fingerprints)
  }
}
