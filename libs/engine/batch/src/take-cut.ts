import { type GenerationCut, type GenerationRecord, type TopicPartition } from '@tidewater/ports'
import { decodeHeader, isHomeEnough, recordCut, type Header } from '@tidewater/seam'
import type { BatchPorts } from './batch-ports.ts'

export interface Cut {
  readonly number: number
  readonly cuts: GenerationRecord['cuts']
}

export type CutResult =
  | { readonly kind: 'cut'; readonly cut: Cut }
  /** The store is not where `newest` says: publish that first, then try again. */
  | { readonly kind: 'again' }

export const headersOf = async (
  ports: Pick<BatchPorts, 'store'>,
  places: readonly TopicPartition[],
): Promise<readonly (Header | null)[]> => {
  const stored = await Promise.all(places.map((place) => ports.store.header(place)))
  return stored.map((bytes) => (bytes === null ? null : decodeHeader(bytes)))
}

/**
 * Records the cut of the next generation on every partition (C1). A number somebody began and never finished is taken up
 * again: its cuts stand, the partitions still without one get theirs now.
 */
export const takeCut = async (
  ports: Pick<BatchPorts, 'store' | 'nonce'>,
  places: readonly TopicPartition[],
  newest: GenerationRecord | null,
): Promise<CutResult> => {
  const headers = await headersOf(ports, places)
  const recorded = headers.flatMap((header) => header?.cuts ?? []).map((cut) => cut.number)
  const number = Math.max(...recorded, (newest?.number ?? 0) + 1)
  const isPast = headers.some((header) => (header?.floor ?? 0) > (newest?.number ?? 0))
  const cuts: GenerationCut[] = []
  for (const place of places) {
    const change = await recordCut(ports.store, place, { number, newest, isPast }, ports.nonce)
    if (change.kind === 'refused') return { kind: 'again' }
    const known = change.header.cuts.find((cut) => cut.number === number)
    if (known === undefined) return { kind: 'again' }
    const { cut, tally } = known
    cuts.push({ ...place, cut, ...(tally === undefined ? {} : { tally }) })
  }
  return { kind: 'cut', cut: { number, cuts: await withStrays(ports, cuts) } }
}

/** Marks precede the records they are for, so looked at after the last cut they hold for everything below the cuts. */
const withStrays = async (
  ports: Pick<BatchPorts, 'store'>,
  cuts: GenerationRecord['cuts'],
): Promise<GenerationRecord['cuts']> => {
  const headers = await headersOf(ports, cuts)
  return cuts.map((cut, index) => {
    const partitions = cuts.filter(({ topic }) => topic === cut.topic).length
    const header = headers[index] ?? null
    return { ...cut, strayed: header === null || !isHomeEnough(header, partitions) }
  })
}

/** True when nothing was applied since the newest generation, readers may use it, and it holds every view asked for. */
export const nothingMoved = (
  places: readonly TopicPartition[],
  headers: readonly (Header | null)[],
  newest: GenerationRecord,
  fingerprints: Readonly<Record<string, string>>,
): boolean => {
  const cutOf = new Map(newest.cuts.map(({ topic, partition, cut }) => [`${topic}/${partition}`, cut]))
  const still = places.every(
    (place, index) =>
      (headers[index]?.nextOffset ?? 0) <= (cutOf.get(`${place.topic}/${place.partition}`) ?? 0) &&
      (headers[index]?.floor ?? 0) <= newest.number,
  )
  const same = Object.entries(fingerprints).every(
    ([view, fingerprint]) => newest.fingerprints[view] === fingerprint,
  )
  return still && same && Object.keys(newest.fingerprints).length === Object.keys(fingerprints).length
}
