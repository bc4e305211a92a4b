import type { Change } from '../change.ts'

const core = 'libs/core'

export const CORE: readonly Change[] = [
  {
    name: 'a-copy-at-the-horizon-counts',
    file: `${core}/rows/src/copies.ts`,
    find: 'nearest >= 0 && appendedAt - nearest <= horizonMs',
    replace: 'nearest >= 0 && appendedAt - nearest < horizonMs',
  },
  {
    name: 'sql-lets-a-copy-at-the-horizon-count',
    file: `${core}/rows/src/copies.ts`,
    find: '`coalesce(${appendedAt} - ${nearest} <= ${horizonMs}, false)`',
    replace: '`coalesce(${appendedAt} - ${nearest} < ${horizonMs}, false)`',
  },
  {
    name: 'a-record-at-the-cut-is-below-it',
    file: `${core}/rows/src/below-offsets.ts`,
    find: '`(_partition = ${partition} AND _offset < ${end})`',
    replace: '`(_partition = ${partition} AND _offset <= ${end})`',
  },
  {
    name: 'slices-before-the-pointer-are-merged-twice',
    file: `${core}/merge/src/merge-layers.ts`,
    find: 'if (slice >= oldest) into.push(',
    replace: 'if (slice >= oldest - 1) into.push(',
  },
  {
    name: 'the-oldest-tile-of-a-window-is-left-out',
    file: `${core}/windows/src/tiles.ts`,
    find: 'return { first: last - count + 1, last }',
    replace: 'return { first: last - count + 2, last }',
  },
  {
    name: 'tiles-are-trimmed-an-hour-early',
    file: `${core}/windows/src/tiles.ts`,
    find: 'tileOf(newestMs - TILE_GRACE_MS, hop) - reachMs / hop + 1',
    replace: 'tileOf(newestMs, hop) - reachMs / hop + 1',
  },
  {
    name: 'sql-windows-take-a-tile-too-many',
    file: `${core}/windows/src/tiles.ts`,
    find: '`${tile} > ${last} - ${ms} AND ${tile} <= ${last}`',
    replace: '`${tile} >= ${last} - ${ms} AND ${tile} <= ${last}`',
  },
  {
    name: 'a-value-on-an-edge-falls-below-it',
    file: `${core}/aggregates/src/histogram.ts`,
    find: 'if (${value?.source} < ${edges[n]}) ${slot}++;',
    replace: 'if (${value?.source} <= ${edges[n]}) ${slot}++;',
  },
  {
    name: 'a-bucket-is-one-off',
    file: `${core}/aggregates/src/log-bucket.ts`,
    find: 'return dropped * HALF + (size >>> dropped)',
    replace: 'return dropped * HALF + (size >>> dropped) + 1',
  },
  {
    name: 'a-rank-is-one-off',
    file: `${core}/aggregates/src/approx-distinct.ts`,
    find: 'high > 0 ? 40 - Math.clz32(high)',
    replace: 'high > 0 ? 39 - Math.clz32(high)',
  },
  {
    name: 'a-row-has-every-field-that-is-required-today',
    file: `${core}/expr/src/to-js/compile.ts`,
    find: 'return named(scope.field(expr.name), true)',
    replace: 'return named(scope.field(expr.name), expr.optional)',
  },
  {
    name: 'what-a-record-lacks-by-the-definition-of-today-is-its-death',
    file: `${core}/rows/src/as-logged.ts`,
    find: '{ ...field, optional: true }',
    replace: '{ ...field, optional: field.optional }',
  },
  {
    name: 'windows-with-newer-records-come-from-the-batch-layer-alone',
    file: `${core}/merge/src/list-sql.ts`,
    find: "${starts.kind === 'only' ? 'IN' : 'NOT IN'}",
    replace: "${starts.kind === 'only' ? 'IN' : 'IN'}",
  },
]
