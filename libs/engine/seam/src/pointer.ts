import type { GenerationCut, GenerationRecord, TopicPartition } from '@tidewater/ports'

/** The generation readers use. Opaque to the state store; changed by compare-and-set. */
export interface Pointer {
  readonly number: number
  readonly id: string
  readonly cuts: readonly GenerationCut[]
  /** View name → fingerprint held by this generation. */
  readonly fingerprints: Readonly<Record<string, string>>
  /** ms */
  readonly builtAt: number
}

/** Generation 0: empty, cut 0 everywhere. It holds every view. */
export const GENESIS: Pointer = { number: 0, id: 'g0', cuts: [], fingerprints: {}, builtAt: 0 }

const encoder = new TextEncoder()
const decoder = new TextDecoder()

export const encodePointer = ({ number, id, cuts, fingerprints, builtAt }: Pointer): Uint8Array =>
  encoder.encode(JSON.stringify({ number, id, cuts, fingerprints, builtAt }))

export const decodePointer = (bytes: Uint8Array): Pointer => JSON.parse(decoder.decode(bytes)) as Pointer

export const pointerOf = (generation: GenerationRecord | null): Pointer =>
  generation === null
    ? GENESIS
    : {
        number: generation.number,
        id: generation.id,
        cuts: generation.cuts,
        fingerprints: generation.fingerprints,
        builtAt: generation.builtAt,
      }

/** A partition absent from a cut counts as 0 (C1). */
export const cutOf = (pointer: Pick<Pointer, 'cuts'>, place: TopicPartition): number =>
  cutAt(pointer, place)?.cut ?? 0

/** The end of a generation on one partition, if it names it. */
export const cutAt = (pointer: Pick<Pointer, 'cuts'>, place: TopicPartition): GenerationCut | undefined =>
  pointer.cuts.find((c) => c.topic === place.topic && c.partition === place.partition)

/** False: the partition came while the generation was built, and began in an earlier slice. Generation 0 is of all partitions. */
export const namesPlace = (pointer: Pick<Pointer, 'number' | 'cuts'>, place: TopicPartition): boolean =>
  pointer.number === 0 || cutAt(pointer, place) !== undefined
