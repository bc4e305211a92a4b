import type { Change } from '../change.ts'

const adapters = 'libs/adapters'

export const ADAPTERS: readonly Change[] = [
  {
    name: 'a-manifest-that-accepts-overlap',
    file: `${adapters}/lake/src/chain.ts`,
    find: 'if (entry.next <= entry.from || entry.from !== endOf(chain, entry.level)) return null',
    replace: 'if (entry.next <= entry.from || entry.from > endOf(chain, entry.level)) return null',
  },
  {
    name: 'a-rewrite-may-end-inside-an-entry',
    file: `${adapters}/lake/src/chain.ts`,
    find: '!widest(chain).some((tile) => tile.next === entry.next)',
    replace: '!widest(chain).some((tile) => tile.next >= entry.next)',
  },
  {
    name: 'where-a-partition-began-outlives-a-seek',
    file: `${adapters}/memory/src/memory-member.ts`,
    find: 'if (offset !== null && !this.#positions.has(nameOf(place)))',
    replace: 'if (offset !== null)',
    test: `${adapters}/memory/src/event-log.test.ts`,
  },
]
