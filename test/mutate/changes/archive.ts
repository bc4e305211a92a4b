import type { Change } from '../change.ts'

const archive = 'libs/engine/archive/src'

export const ARCHIVE: readonly Change[] = [
  {
    name: 'a-hole-of-the-log-is-called-a-loss',
    file: `${archive}/open-entry.ts`,
    find: 'entry.absent += next - entry.next',
    replace: 'entry.missed += next - entry.next',
    test: `${archive}/partition-archive.test.ts`,
  },
  {
    name: 'append-time-is-not-carried-on',
    file: `${archive}/open-entry.ts`,
    find: 'openEntry(entry, entry.next, entry.lastAppended)',
    replace: 'openEntry(entry, entry.next, 0)',
    test: `${archive}/open-entry.test.ts`,
  },
  {
    name: 'an-archiver-goes-on-behind-what-it-lost',
    file: `${archive}/partition-archive.ts`,
    find: 'if (batch.from > this.#entry.next) return this.#setup.events.moved(this.#entry.next)',
    replace: 'if (batch.from < this.#entry.next) return this.#setup.events.moved(this.#entry.next)',
    test: `${archive}/partition-archive.test.ts`,
  },
  {
    name: 'records-that-retention-deleted-are-not-counted',
    file: `${archive}/partition-archive.ts`,
    find: 'this.#setup.events.missed(next, low)',
    replace: 'this.#setup.events.moved(low)',
    test: `${archive}/partition-archive.test.ts`,
  },
  {
    name: 'a-large-dead-letter-blocks-its-partition',
    file: `${archive}/dead-letter.ts`,
    find: 'return 0\n  } catch (error) {\n    if (!isTooLarge(error)) throw error',
    replace: 'return 0\n  } catch (error) {\n    if (isTooLarge(error)) throw error',
    test: `${archive}/dead-letter.test.ts`,
  },
  {
    name: 'a-loader-deletes-what-is-no-longer-its-own',
    file: `${archive}/raw-loader.ts`,
    find: 'if (loaded.next > end && isOurs())',
    replace: 'if (loaded.next > end)',
    test: `${archive}/raw-loader.test.ts`,
  },
  {
    name: 'a-widened-entry-is-loaded-whole-again',
    file: `${archive}/plan-load.ts`,
    find: 'from: Math.max(entry.from, loaded.next), after',
    replace: 'from: entry.from, after',
    test: `${archive}/plan-load.test.ts`,
  },
  {
    name: 'a-half-loaded-table-passes-for-whole',
    file: `${archive}/plan-load.ts`,
    find: "return loaded.rows === below ? { kind: 'done' } : { kind: 'repair' }",
    replace: "return loaded.rows >= below ? { kind: 'done' } : { kind: 'repair' }",
    test: `${archive}/plan-load.test.ts`,
  },
  {
    name: 'the-horizon-of-a-load-begins-too-late',
    file: `${archive}/plan-load.ts`,
    find: '(before?.lastAppended ?? 0) - horizonMs',
    replace: '(before?.lastAppended ?? 0)',
    test: `${archive}/plan-load.test.ts`,
  },
  {
    name: 'a-risk-seen-once-is-cried-out',
    file: `${archive}/watch-retention.ts`,
    find: 'if (looks !== 2) continue',
    replace: 'if (looks !== 1) continue',
    test: `${archive}/watch-retention.test.ts`,
  },
]
