import type { Change } from '../change.ts'

const adapters = 'libs/adapters'

export const ADAPTERS: readonly Change[] = [
  {
    name: 'a-manifest-that-accepts-overlap',
    file: `${adapters}/lake/src/chain.ts`,
    find: 'if (entry.next <= entry.from || entry.from !== endOf(chain, entry.level)) return null',
    replace: 'if (entry.next <= entry.from || entry.from > endOf(chain, entry.level)) return null',
    test: `${adapters}/lake/src/open-lake.test.ts`,
  },
  {
    name: 'a-rewrite-may-end-inside-an-entry',
    file: `${adapters}/lake/src/chain.ts`,
    find: '!widest(chain).some((tile) => tile.next === entry.next)',
    replace: '!widest(chain).some((tile) => tile.next >= entry.next)',
    test: `${adapters}/lake/src/open-lake.test.ts`,
  },
  {
    name: 'where-a-partition-began-outlives-a-seek',
    file: `${adapters}/memory/src/memory-member.ts`,
    find: 'if (offset !== null && !this.#positions.has(nameOf(place)))',
    replace: 'if (offset !== null)',
    test: `${adapters}/memory/src/event-log.test.ts`,
  },
  {
    name: 'an-entry-whose-counts-do-not-add-up-is-taken',
    file: `${adapters}/lake/src/open-lake.ts`,
    find: 'rows + dead + absent + missed !== next - from',
    replace: 'rows + dead + absent + missed > next - from',
    test: `${adapters}/lake/src/open-lake.test.ts`,
  },
  {
    name: 'a-damaged-file-passes-for-intact',
    file: `${adapters}/lake/src/open-lake.ts`,
    find: 'found?.bytes === entry.bytes &&',
    replace: 'found?.bytes === entry.bytes ||',
    test: `${adapters}/lake/src/open-lake.test.ts`,
  },
  {
    name: 'a-file-about-to-get-its-entry-is-swept',
    file: `${adapters}/lake/src/retire.ts`,
    find: 'if (clock.elapsed() - since < HOUR_MS) continue',
    replace: 'if (clock.elapsed() - since < 0) continue',
    test: `${adapters}/lake/src/open-lake.test.ts`,
  },
  {
    name: 'a-commit-on-another-header-is-taken',
    file: `${adapters}/memory/src/state-store.ts`,
    find: 'if (!equalBytes(p.header, expected)) return',
    replace: 'if (!equalBytes(p.header, expected) && expected === null) return',
    test: `${adapters}/memory/src/state-store.test.ts`,
  },
  {
    name: 'ids-of-the-hour-asked-for-are-left-out',
    file: `${adapters}/memory/src/state-store.ts`,
    find: '.filter(([bucket]) => bucket >= from)',
    replace: '.filter(([bucket]) => bucket > from)',
    test: `${adapters}/memory/src/state-store.test.ts`,
  },
]
