import { type GenerationRecord, type TopicPartition } from '@tidewater/ports'
import { isOperatorName, retire } from '@tidewater/seam'
import { topicOf } from 'tidewater'
import type { BatchOptions, BatchPorts } from './batch-ports.ts'
import { warnIfAway } from './store-failure.ts'
import { headersOf } from './take-cut.ts'

/** Files and SQL tables of this many generations stay, for readers and notebooks that still have the last one open. */
const KEPT = 2
/** Records of older generations that stay in the lake, as history. */
const KEPT_RECORDS = 100
/** How far back batch parts are looked for in the store: more than one is left only after crashes. */
const SWEPT = 4

/** Ends what a published generation has replaced: floors first, so nobody reads what is then deleted (R2). */
export const retireGenerations = async (
  ports: BatchPorts,
  options: BatchOptions,
  places: readonly TopicPartition[],
  newest: GenerationRecord,
): Promise<void> => {
  const all = await ports.lake.generations()
  const older = all.filter((generation) => generation.number < newest.number)
  const recent = older.slice(-SWEPT)
  const fingerprints = await knownFingerprints(ports, options, places, [...recent, newest])
  for (const place of places) {
    const change = await retire(ports.store, place, newest.number, ports.nonce)
    if (change.kind === 'refused') continue
    for (const fingerprint of fingerprints) await sweepAll(ports, place, fingerprint, newest.number)
    for (const generation of recent) await ports.store.dropBatch(place, generation.id, fingerprints)
  }
  const kept = all.slice(-KEPT)
  for (const warehouse of ports.warehouses)
    await warehouse
      .retire(kept.map((generation) => generation.id))
      .catch(warnIfAway(options, `${warehouse.name} keeps tables of old generations for now`))
  const inUse = new Set(kept.flatMap((generation) => generation.files))
  for (const event of options.catalog.events.keys())
    await ports.lake.retire(topicOf(event), (file) => inUse.has(file))
  for (const generation of older.slice(0, -KEPT_RECORDS)) await ports.lake.removeGeneration(generation.id)
}

const sweepAll = async (
  ports: BatchPorts,
  place: TopicPartition,
  fingerprint: string,
  floor: number,
): Promise<void> => {
  // A sweep does a bounded piece of work; a step that finds nothing more is the last.
  while ((await ports.store.sweep(place, fingerprint, floor)) > 0);
}

/** Of views now and before: state of a definition that is gone ends too, even where no generation and no header names it. */
const knownFingerprints = async (
  ports: BatchPorts,
  options: BatchOptions,
  places: readonly TopicPartition[],
  generations: readonly GenerationRecord[],
): Promise<readonly string[]> => {
  const headers = await headersOf(ports, places)
  return [
    ...new Set([
      ...[...options.machines.values()].map((machine) => machine.fingerprint),
      ...generations.flatMap((generation) => Object.values(generation.fingerprints)),
      ...headers.flatMap((header) => Object.keys(header?.since ?? {})),
      ...(await ports.store.fingerprints()),
    ]),
    // of no slice: it ends with its operator
  ].filter((fingerprint) => !isOperatorName(fingerprint))
}
