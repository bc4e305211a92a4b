import { accountsOf } from './accounts.ts'
import type { ServingPorts } from './serving-ports.ts'
import { formatInstant } from './format-values.ts'
import { eventsRead, topicOf } from 'tidewater'
import type { Catalog } from 'tidewater'
import { decodeHeader } from '@tidewater/seam'
import type { GenerationRecord, ReconcileNote } from '@tidewater/ports'

const cutsOf = ({ cuts }: Pick<GenerationRecord, 'cuts'>) =>
  cuts.map(({ topic, partition, cut }) => ({ topic, partition, next: cut }))

/** A generation as GraphQL shows it. */
export const presentGeneration = (
  record: GenerationRecord,
  published: string | null,
  note: ReconcileNote | undefined,
) => ({
  number: record.number,
  id: record.id,
  builtAt: formatInstant(record.builtAt),
  published: record.id === published,
  cut: cutsOf(record),
  views: Object.keys(record.fingerprints),
  reconciled: note === undefined ? null : { ...note, at: formatInstant(note.at) },
})

/** Newest first. */
export const listGenerations = async ({ lake, pointers }: ServingPorts) => {
  const [records, notes, pointer] = await Promise.all([
    lake.generations(),
    lake.reconcileNotes(),
    pointers.fresh(),
  ])
  return records
    .map((record) => presentGeneration(record, pointer?.id ?? null, notes.get(record.id)))
    .sort((a, b) => b.number - a.number)
}

/** `low` and `high` are null while the log does not answer. */
const partitionsOf = async ({ store, lake, partitions }: ServingPorts, topic: string) => {
  const [count, { byPartition, isCurrent }, entries] = await Promise.all([
    partitions.count(topic),
    partitions.ends(topic),
    lake.entries(topic),
  ])
  const missed = new Map<number, number>()
  for (const entry of entries) missed.set(entry.partition, (missed.get(entry.partition) ?? 0) + entry.missed)
  return Promise.all(
    Array.from({ length: count }, async (_, partition) => {
      const place = { topic, partition }
      const [stored, archived] = await Promise.all([store.header(place), lake.next(place)])
      const header = stored === null ? null : decodeHeader(stored)
      const end = isCurrent ? byPartition.get(partition) : undefined
      return {
        ...place,
        low: end?.low ?? null,
        high: end?.high ?? null,
        next: header?.nextOffset ?? 0,
        archived,
        missed: missed.get(partition) ?? 0,
        owner: header?.token ?? '',
        halted: header?.halted ?? null,
      }
    }),
  )
}

/** Views whose part of the published generation leaves out records for want of a key (A4). */
const keylessOf = async ({ lake, pointers }: ServingPorts, { views }: Catalog) => {
  const pointer = await pointers.fresh()
  const published = (await lake.generations()).find(({ id }) => id === pointer?.id)
  return Object.entries(published?.keyless ?? {}).flatMap(([view, records]) =>
    views.has(view) ? [{ view, records }] : [],
  )
}

/** What runs and how far each part is, for people and `tidewater status`. Members are read only when asked for. */
export const presentStatus = (ports: ServingPorts, catalog: Catalog) => {
  const topics = eventsRead(catalog)
    .map(({ name }) => topicOf(name))
    .sort()
  return {
    now: formatInstant(ports.clock.now()),
    views: [...catalog.views.keys()],
    generation: async () => (await ports.pointers.fresh())?.number ?? null,
    builtAt: async () => {
      const pointer = await ports.pointers.fresh()
      return pointer === null || pointer.number === 0 ? null : formatInstant(pointer.builtAt)
    },
    workers: async () =>
      (await ports.registry.workers()).map((worker) => ({
        ...worker,
        startedAt: formatInstant(worker.startedAt),
        troubles: worker.troubles ?? [],
      })),
    partitions: async () => (await Promise.all(topics.map((topic) => partitionsOf(ports, topic)))).flat(),
    events: () => accountsOf(ports, catalog),
    keyless: () => keylessOf(ports, catalog),
    jobs: async () => {
      const names = ['generation', 'reconcile'] as const
      const found = await Promise.all(
        names.map(async (name) => ({ name, progress: await ports.jobs.progress(name) })),
      )
      return found.flatMap(({ name, progress }) => (progress === null ? [] : [{ name, ...progress }]))
    },
  }
}
