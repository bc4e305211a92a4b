import { PlatformError } from '@tidewater/base'
import type { Tally } from '@tidewater/ports'
import { uncounted } from './tally.ts'

/** The cut of one generation on one partition. `id` is null until a generation of that number is registered here. */
export interface RecordedCut {
  readonly number: number
  readonly id: string | null
  /** Exclusive end offset of the batch part. */
  readonly cut: number
  /** What became of the records below it; absent: nobody counted exactly these. */
  readonly tally?: Tally
  /**
   * Fingerprints the generation holds whose batch part is not here: who named it after the store was lost had other definitions.
   * Absent: none.
   */
  readonly lacks?: readonly string[]
}

/**
 * Everything a commit, a cut, a publish and a read must agree on, in one value per topic-partition (semantics P1).
 * Any change of a partition writes a new `revision`, so equal bytes mean the same moment.
 */
export interface Header {
  readonly revision: string
  /** Changes with everything but the recording of a cut and the strayed mark: both leave a worker's state valid. */
  readonly stateRevision: string
  /** The worker that may commit; '' when none ever owned the partition. */
  readonly token: string
  /** Records below it are applied. */
  readonly nextOffset: number
  /** Slices below it are no longer readable. */
  readonly floor: number
  /** Ascending by number; their cuts never fall (C1). */
  readonly cuts: readonly RecordedCut[]
  /** First offset from which a fingerprint has been maintained without a break (C5). */
  readonly since: Readonly<Record<string, number>>
  /** Highest event time of the applied records, ms. */
  readonly maxEventTime: number | null
  /** Prefix maximum of append time of the applied records, ms (I2). */
  readonly lastAppended: number
  /**
   * False proves, among `partitions`: every applied record whose key is at home here is here. Else readers of a key look at
   * every partition.
   */
  readonly strayed: boolean
  /** The generation whose batch part was last loaded beside this header. */
  readonly loaded: string | null
  /** Seen ids are complete for the records below it; null: for all below `nextOffset`. Not null only while a lost store is rebuilt. */
  readonly carried: number | null
  /** Partitions of the topic by which homes are told, of the keys applied here and of strays from here. 0: not known. */
  readonly partitions: number
  /**
   * End of the log when this header was made in a store that had lost it; null: nothing was lost, or all of it is applied again.
   * Until `nextOffset` is there, answers lack records that earlier answers had.
   */
  readonly rebuildTo: number | null
  /** Why the partition stands still, for people: 'DATA_GAP: the log begins at 7, …'; null: it does not. Lifted by taking it anew. */
  readonly halted: string | null
  /** Records below `nextOffset` were lost before anybody had them: state is passed over them, and generations will be. */
  readonly missing: boolean
  /** What became of the records below `nextOffset`: committed with the state, so exact whatever crashes. */
  readonly tally: Tally
  /** Of a log that the platform sends: by origin of its records, the end of what was seen of it. Absent: another log. */
  readonly sent?: Readonly<Record<string, SentEnd>> | undefined
}

/** Behind the latest of the records of an origin: an offset, and a number among those made of it. */
export type SentEnd = readonly [offset: number, number: number]

type LaterField = 'partitions' | 'rebuildTo' | 'halted' | 'missing' | 'tally'

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** UTF-8 JSON with the fields in one fixed order: equal headers have equal bytes. */
export const encodeHeader = (header: Header): Uint8Array =>
  encoder.encode(
    JSON.stringify({
      revision: header.revision,
      stateRevision: header.stateRevision,
      token: header.token,
      nextOffset: header.nextOffset,
      floor: header.floor,
      cuts: header.cuts.map(({ number, id, cut, tally, lacks }) => ({ number, id, cut, tally, lacks })),
      since: header.since,
      maxEventTime: header.maxEventTime,
      lastAppended: header.lastAppended,
      strayed: header.strayed,
      loaded: header.loaded,
      carried: header.carried,
      partitions: header.partitions,
      rebuildTo: header.rebuildTo,
      halted: header.halted,
      missing: header.missing,
      tally: header.tally,
      sent: header.sent,
    }),
  )

/** Throws `UNAVAILABLE` when the bytes are no header. */
export const decodeHeader = (bytes: Uint8Array): Header => {
  const found = parse(bytes)
  if (
    typeof found !== 'object' ||
    found === null ||
    !('revision' in found) ||
    !('nextOffset' in found) ||
    !('cuts' in found)
  ) {
    throw new PlatformError(
      'UNAVAILABLE',
      'a partition header in the state store is not readable',
      'delete the keys of that partition: it is rebuilt from the newest generation and the log',
    )
  }
  // A worker of an earlier version writes none of these.
  const header = found as Omit<Header, LaterField>
  return {
    ...{ partitions: 0, rebuildTo: null, halted: null, missing: false },
    tally: uncounted(header.nextOffset),
    ...header,
    ...(header.sent === undefined ? {} : { sent: mapValues(header.sent, endOf) }),
  }
}

/** In an earlier version a record was made into one, so an offset was an end. */
const endOf = (end: SentEnd | number): SentEnd => (typeof end === 'number' ? [end, 0] : end)

const mapValues = <From, To>(from: Readonly<Record<string, From>>, to: (value: From) => To) =>
  Object.fromEntries(Object.entries(from).map(([name, value]) => [name, to(value)]))

const parse = (bytes: Uint8Array): unknown => {
  try {
    return JSON.parse(decoder.decode(bytes)) as unknown
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}

/** Slice of a record: the highest generation whose cut is at or below its offset (C2); -1 below every cut. */
export const sliceOf = (cuts: readonly RecordedCut[], offset: number): number => {
  for (let i = cuts.length - 1; i >= 0; i--) {
    const cut = cuts[i]
    if (cut !== undefined && cut.cut <= offset) return cut.number
  }
  return -1
}

/** The offset from which a fingerprint is maintained; a view no worker has yet maintained starts with the next record. */
export const sinceOf = (header: Header, fingerprint: string): number =>
  header.since[fingerprint] ?? header.nextOffset
