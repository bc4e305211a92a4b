import { PlatformError } from '@tidewater/base'
import type { StateStore, TopicPartition } from '@tidewater/ports'
import type { Random } from '../parity/random.ts'

/** What may happen to a command on its way: lost before the server, its reply lost, sent twice by the client. */
type Fate = 'arrives' | 'lost' | 'reply lost' | 'sent twice'

interface Pending {
  readonly owner: Owner
  readonly run: (fate: Fate) => Promise<void>
}

/** A process of the simulation; once dead, its commands in flight still arrive but nobody hears the answers. */
export interface Owner {
  readonly name: string
  dead: boolean
}

/** Every command between a process and the store, waiting for the scheduler to let it happen. */
export interface Pool {
  readonly size: number
  /** Hands a command over; resolves when the scheduler has let it happen. */
  submit<T>(owner: Owner, command: () => Promise<T>): Promise<T>
  /** Lets one pending command happen, of the owner if one is given. */
  runOne(owner?: Owner): Promise<void>
  has(owner: Owner): boolean
  /** Faults end: every command arrives from now on. */
  heal(): void
}

export const createPool = (random: Random): Pool => {
  const pending: Pending[] = []
  let healed = false
  const fate = (): Fate => {
    if (healed || !random.chance(0.04)) return 'arrives'
    return random.pick(['lost', 'reply lost', 'sent twice'])
  }
  return {
    get size() {
      return pending.length
    },
    submit: (owner, command) =>
      new Promise((resolve, reject) => {
        if (owner.dead) return
        pending.push({
          owner,
          run: async (how) => {
            const answer =
              how === 'lost'
                ? null
                : await command().then(
                    (value) => ({ value }),
                    (error: unknown) => ({ error }),
                  )
            const second =
              how === 'sent twice'
                ? await command().then(
                    (value) => ({ value }),
                    (error: unknown) => ({ error }),
                  )
                : answer
            if (owner.dead) return
            if (second === null || how === 'reply lost')
              reject(new PlatformError('UNAVAILABLE', `the command was ${how}`, 'ask again'))
            else if ('error' in second) reject(second.error as Error)
            else resolve(second.value)
          },
        })
      }),
    has: (owner) => pending.some((p) => p.owner === owner),
    runOne: async (owner) => {
      const candidates = owner === undefined ? pending : pending.filter((p) => p.owner === owner)
      if (candidates.length === 0) return
      const chosen = random.pick(candidates)
      pending.splice(pending.indexOf(chosen), 1)
      await chosen.run(fate())
    },
    heal: () => {
      healed = true
    },
  }
}

/** The store as a process sees it: every call is a command in the pool. Bytes are copied when the call is made. */
export const storeOf = (store: StateStore, pool: Pool, owner: Owner): StateStore => {
  const through = <T>(command: () => Promise<T>): Promise<T> => pool.submit(owner, command)
  return {
    header: (place) => through(() => store.header(place)),
    commit: (place, commit) => {
      const writes = commit.writes.map((w) => ({ ...w, value: w.value.slice() }))
      const sent = { ...commit, writes }
      return through(() => store.commit(place, sent))
    },
    load: (place, addresses) => through(() => store.load(place, addresses)),
    seen: (place, from) => through(() => store.seen(place, from)),
    read: (place, reads) => through(() => store.read(place, reads)),
    loadBatch: (place, ...rest) => through(() => store.loadBatch(place, ...rest)),
    dropBatch: (place, ...rest) => through(() => store.dropBatch(place, ...rest)),
    fingerprints: () => through(() => store.fingerprints()),
    sweep: (place, ...rest) => through(() => store.sweep(place, ...rest)),
    memory: () => through(() => store.memory()),
    pointer: () => through(() => store.pointer()),
    movePointer: (expected, next) => through(() => store.movePointer(expected, next)),
    notify: async () => undefined,
    listen: async () => async () => undefined,
    close: async () => undefined,
  }
}

/** Lets everything that can run without the scheduler run. */
export const quiet = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

export const placeName = ({ topic, partition }: TopicPartition): string => `${topic}/${partition}`
