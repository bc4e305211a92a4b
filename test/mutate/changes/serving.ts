import type { Change } from '../change.ts'

const serving = 'libs/engine/serving/src'

export const SERVING: readonly Change[] = [
  {
    name: 'a-past-moment-is-asked-of-dropped-tiles',
    file: `${serving}/answer-instant.ts`,
    find: 'Math.max(newestSeen(read), tilesDroppedBy(read)) - TILE_GRACE_MS',
    replace: 'newestSeen(read) - TILE_GRACE_MS',
  },
  {
    name: 'a-halt-is-not-said',
    file: `${serving}/freshness.ts`,
    find: 'if (partition.header.halted !== null) gaps.push(',
    replace: 'if (partition.header.halted === "") gaps.push(',
  },
  {
    name: 'a-rebuilt-store-passes-for-whole',
    file: `${serving}/freshness.ts`,
    find: 'if (partition.header.rebuildTo !== null) gaps.push(',
    replace: 'if (partition.header.rebuildTo === 0) gaps.push(',
  },
  {
    name: 'no-lag-while-records-wait',
    file: `${serving}/freshness.ts`,
    find: 'if (halted === null && (end === undefined || nextOffset >= end.high)) continue',
    replace: 'if (halted === null && (end === undefined || nextOffset <= end.high)) continue',
  },
  {
    name: 'strayed-keys-are-looked-for-at-home',
    file: `${serving}/read-together.ts`,
    find: 'if (strayed && asked.some(',
    replace: 'if (!strayed && asked.some(',
  },
  {
    name: 'a-view-that-is-not-held-begins-at-the-cut',
    file: `${serving}/read-together.ts`,
    find: 'oldestSlice: isHeldBy(access, view.pointer) ? view.pointer.number : 0,',
    replace: 'oldestSlice: view.pointer.number,',
  },
  {
    name: 'state-at-the-end-of-the-archive-is-behind-it',
    file: `${serving}/freshness.ts`,
    find: 'header.nextOffset < (await partitions.archived(place))',
    replace: 'header.nextOffset <= (await partitions.archived(place))',
  },
  {
    name: 'a-list-is-cut-wherever-the-engine-stopped',
    file: `${serving}/list-joined.ts`,
    find: 'if (rows.length < limit || first === 0) return true',
    replace: 'if (rows.length >= 0 || first === limit) return true',
  },
]
