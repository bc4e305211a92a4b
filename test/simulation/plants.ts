import { type Commit, type CommitResult, type StateStore, type TopicPartition } from '@tidewater/ports'
import { cutOf, decodeHeader, decodePointer, encodeHeader, type Pointer } from '@tidewater/seam'

/** Faults planted on purpose: one rule of the seam switched off. The simulation must find each. */
export const PLANTS = {
  commit: 'a commit is written whatever header is stored',
  cut: 'the recording of a cut does not change the revision a commit is compared with',
  publish: 'a generation is registered before its batch part is loaded',
  retire: 'readers do not look whether their generation was retired',
  dedupe: 'seen ids are not stored with the commit',
  clock: 'a join goes by when it sees a row, not by when that happened',
  early: 'a left row is a row alone before all that the right side comes from have passed it',
  outbox: 'what is sent again has an id of its own',
} as const

export type Plant = keyof typeof PLANTS

type Wrap = (store: StateStore) => StateStore

const isStep = ({ writes, seen }: Commit): boolean => writes.length > 0 || seen.length > 0

/** Writes over whatever is stored. */
const forced = async (
  store: StateStore,
  place: TopicPartition,
  commit: Commit,
  found: CommitResult,
): Promise<CommitResult> => {
  let result = found
  while (result.kind === 'conflict')
    result = await store.commit(place, { ...commit, expected: result.header })
  return result
}

const wraps: Readonly<Partial<Record<Plant, Wrap>>> = {
  commit: (store) => ({
    ...store,
    commit: async (place, commit) => {
      const result = await store.commit(place, commit)
      return isStep(commit) ? forced(store, place, commit, result) : result
    },
  }),
  cut: (store) => ({
    ...store,
    commit: async (place, commit) => {
      const result = await store.commit(place, commit)
      if (result.kind !== 'conflict' || result.header === null || commit.expected === null || !isStep(commit))
        return result
      const [found, expected] = [decodeHeader(result.header), decodeHeader(commit.expected)]
      if (found.token !== expected.token || found.stateRevision !== expected.stateRevision) return result
      return forced(
        store,
        place,
        { ...commit, next: encodeHeader({ ...decodeHeader(commit.next), cuts: found.cuts }) },
        result,
      )
    },
  }),
  publish: (store) => {
    const late: (() => Promise<void>)[] = []
    return {
      ...store,
      commit: (place, { requires: _, ...commit }) => store.commit(place, commit),
      loadBatch: async (...part) => void late.push(() => store.loadBatch(...part)),
      movePointer: async (expected, next) => {
        const moved = await store.movePointer(expected, next)
        // the parts come with the next pointer
        for (const load of late.splice(0, Math.max(0, late.length - 3))) await load()
        return moved
      },
    }
  },
  retire: (store) => {
    const named = new Map<string, Pointer>()
    return {
      ...store,
      movePointer: (expected, next) => {
        const pointer = decodePointer(next)
        named.set(pointer.id, pointer)
        return store.movePointer(expected, next)
      },
      read: async (place, reads) => {
        const answer = await store.read(place, reads)
        const pointer = reads
          .map(({ generation }) => named.get(generation ?? ''))
          .find((p) => p !== undefined)
        if (answer.header === null || pointer === undefined) return answer
        const { number, id } = pointer
        const header = decodeHeader(answer.header)
        const cuts = [
          ...header.cuts.filter((c) => c.number !== number),
          { number, id, cut: cutOf(pointer, place) },
        ]
        return { ...answer, header: encodeHeader({ ...header, floor: 0, cuts }) }
      },
    }
  },
  dedupe: (store) => ({ ...store, commit: (place, commit) => store.commit(place, { ...commit, seen: [] }) }),
}

export const planted = (store: StateStore, plant: Plant | null): StateStore =>
  (plant === null ? undefined : wraps[plant])?.(store) ?? store
