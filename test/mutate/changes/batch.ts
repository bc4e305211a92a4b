import type { Change } from '../change.ts'

const batch = 'libs/engine/batch/src'

export const BATCH: readonly Change[] = [
  {
    name: 'held-views-holds-everything',
    file: `${batch}/held-views.ts`,
    find: 'if (complete) held[view] = machine.fingerprint',
    replace: 'held[view] = machine.fingerprint',
    test: `${batch}/take-cut.test.ts`,
  },
  {
    name: 'an-entry-that-begins-at-the-cut-is-left-out-one-early',
    file: `${batch}/plan-generation.ts`,
    find: '(entry) => entry.from < cutOf({ cuts }, entry),',
    replace: '(entry) => entry.next <= cutOf({ cuts }, entry),',
    test: `${batch}/kept-generations.test.ts`,
  },
  {
    name: 'compaction-joins-files-of-other-columns',
    file: `${batch}/compact.ts`,
    find: 'return (file) => kinds.get(lake.path(file))',
    replace: "return () => kinds.get(paths[0] ?? '')",
    test: 'test/engines/compacted-files.test.ts',
  },
  {
    name: 'nothing-moved-although-a-view-is-missing',
    file: `${batch}/take-cut.ts`,
    find: 'return still && same && Object',
    replace: 'return still && Object',
    test: `${batch}/take-cut.test.ts`,
  },
  {
    name: 'a-cut-claims-to-have-no-strays',
    file: `${batch}/take-cut.ts`,
    find: 'strayed: header === null || !isHomeEnough(header, partitions)',
    replace: 'strayed: header === null && partitions > 0',
    test: `${batch}/take-cut.test.ts`,
  },
  {
    name: 'the-last-group-of-a-part-is-not-loaded',
    file: `${batch}/load-batch-parts.ts`,
    find: 'if (group.length > 0) yield group',
    replace: 'if (group.length > 1) yield group',
    test: `${batch}/load-batch-parts.test.ts`,
  },
  {
    name: 'compaction-goes-beyond-the-cut',
    file: `${batch}/compact.ts`,
    find: '(level > 0 || tile.next <= cut)',
    replace: '(level > 0 || tile.from <= cut)',
    test: `${batch}/compact.test.ts`,
  },
]
