import type { StateStore } from '@tidewater/ports'
import type { Process } from './process.ts'

/** Share of messages between processes that never come. */
const MESSAGE_LOST = 0.1

/** The state store as one process sees it: every call travels. Bytes are copied when the call is made. */
export const linkStore = (
  store: StateStore,
  process: Process,
  random: { chance(share: number): boolean },
): StateStore => {
  const call = <T>(command: () => Promise<T>): Promise<T> => process.call('resent', command)
  return {
    header: (place) => call(() => store.header(place)),
    commit: (place, commit) => {
      const writes = commit.writes.map((w) => ({ ...w, value: w.value.slice() }))
      const seen = commit.seen.map((c) => ({ ...c, bytes: c.bytes.slice() }))
      return call(() => store.commit(place, { ...commit, writes, seen }))
    },
    load: (place, addresses) => {
      const asked = [...addresses]
      return call(() => store.load(place, asked))
    },
    seen: (place, from) => call(() => store.seen(place, from)),
    read: (place, reads) => call(() => store.read(place, reads)),
    loadBatch: (place, generation, fingerprint, groups) => {
      const copies = groups.map((group) => ({ ...group, value: group.value.slice() }))
      return call(() => store.loadBatch(place, generation, fingerprint, copies))
    },
    dropBatch: (place, generation, fingerprints) =>
      call(() => store.dropBatch(place, generation, fingerprints)),
    sweep: (place, fingerprint, floor) => call(() => store.sweep(place, fingerprint, floor)),
    memory: () => call(() => store.memory()),
    fingerprints: () => call(() => store.fingerprints()),
    pointer: () => call(() => store.pointer()),
    movePointer: (expected, next) => call(() => store.movePointer(expected, next)),
    notify: (channel, message) => call(() => store.notify(channel, message)),
    listen: (channel, on) =>
      call(() =>
        store.listen(channel, (message) => {
          if (!random.chance(MESSAGE_LOST)) process.deliver(() => on(message))
        }),
      ),
    close: async () => undefined,
  }
}
