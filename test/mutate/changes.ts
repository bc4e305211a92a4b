// Long because it is one list.
/** A plausible slip: one line of the product as somebody might have written it. */
export interface Change {
  /** Short name, for `npm run mutate -- NAME`. */
  readonly name: string
  readonly file: string
  /** Stands exactly once in the file. */
  readonly find: string
  readonly replace: string
}

const seam = 'libs/engine/seam/src'
const speed = 'libs/engine/speed/src'
const archive = 'libs/engine/archive/src'
const batch = 'libs/engine/batch/src'
const serving = 'libs/engine/serving/src'

const SEAM: readonly Change[] = [
  {
    name: 'cut-below-an-earlier-one',
    file: `${seam}/protocol.ts`,
    find: 'const cut = Math.max(header.nextOffset, ...header.cuts.map((c) => c.cut))',
    replace: 'const cut = header.nextOffset',
  },
  {
    name: 'cut-before-the-newest-is-registered',
    file: `${seam}/protocol.ts`,
    find: "if (!registered && header.floor <= newest.number) return refused('unregistered')",
    replace: "if (!registered && header.floor > newest.number) return refused('unregistered')",
  },
  {
    name: 'a-second-id-under-one-cut-of-another',
    file: `${seam}/protocol.ts`,
    find: "if (known !== undefined && known.cut !== cut) return refused('conflict')",
    replace: "if (known !== undefined && known.cut > cut) return refused('conflict')",
  },
  {
    name: 'a-lost-cut-fits-whatever-was-applied',
    file: `${seam}/protocol.ts`,
    find: 'header.nextOffset <= cut && header.cuts.every(',
    replace: 'header.cuts.every(',
  },
  {
    name: 'publishing-leaves-the-state-revision',
    file: `${seam}/protocol.ts`,
    find: 'return moved({ ...header, revision: nonce, stateRevision: nonce, cuts, strayed, loaded: id })',
    replace: 'return moved({ ...header, revision: header.revision, cuts, strayed, loaded: id })',
  },
  {
    name: 'registering-forgets-strays',
    file: `${seam}/protocol.ts`,
    find: 'const strayed = header.strayed || generation.strayed',
    replace: 'const strayed = header.strayed && generation.strayed',
  },
  {
    name: 'a-commit-keeps-since-of-what-it-does-not-maintain',
    file: `${seam}/protocol.ts`,
    find: 'since: Object.fromEntries(progress.fingerprints.map((f) => [f, header.since[f] ?? header.nextOffset])),',
    replace:
      'since: { ...header.since, ...Object.fromEntries(progress.fingerprints.map((f) => [f, header.since[f] ?? header.nextOffset])) },',
  },
  {
    name: 'a-new-view-claims-to-have-seen-everything',
    file: `${seam}/protocol.ts`,
    find: '[f, header.since[f] ?? header.nextOffset]',
    replace: '[f, header.since[f] ?? 0]',
  },
  {
    name: 'a-seeded-header-promises-to-be-whole',
    file: `${seam}/protocol.ts`,
    find: 'rebuildTo: end > cut ? end : null,',
    replace: 'rebuildTo: null,',
  },
  {
    name: 'retiring-keeps-one-slice-too-few',
    file: `${seam}/protocol.ts`,
    find: 'header.cuts.filter((c) => c.number >= number)',
    replace: 'header.cuts.filter((c) => c.number > number)',
  },
  {
    name: 'readers-take-retired-slices',
    file: `${seam}/check-header.ts`,
    find: "if (header.floor > pointer.number) return { kind: 'stale', why: 'retired' }",
    replace: "if (header.floor > pointer.number + 1) return { kind: 'stale', why: 'retired' }",
  },
  {
    name: 'readers-trust-any-generation-of-that-number',
    file: `${seam}/check-header.ts`,
    find: 'if (known?.id !== pointer.id || known.cut !== cut)',
    replace: 'if (known === undefined || known.cut !== cut)',
  },
  {
    name: 'a-view-is-complete-one-record-early',
    file: `${seam}/check-header.ts`,
    find: 'sinceOf(header, fingerprint) <= cutOf(pointer, place)',
    replace: 'sinceOf(header, fingerprint) <= cutOf(pointer, place) + 1',
  },
  {
    name: 'a-home-is-trusted-after-growth',
    file: `${seam}/homes.ts`,
    find: '!header.strayed && header.partitions === partitions',
    replace: '!header.strayed && header.partitions <= partitions',
  },
  {
    name: 'a-lost-header-forgets-earlier-owners',
    file: `${seam}/homes.ts`,
    find: "(h.token !== '' || h.partitions !== partitions)",
    replace: 'h.partitions !== partitions',
  },
  {
    name: 'damage-of-a-value-is-not-seen',
    file: `${seam}/slices.ts`,
    find: 'getU32(bytes, from + 1) === checksum(bytes, from + 5, to)',
    replace: 'getU32(bytes, from + 1) >= 0',
  },
  {
    name: 'frozen-slices-lose-the-lowest',
    file: `${seam}/slices.ts`,
    find: 's.slice >= from && s.slice < to',
    replace: 's.slice > from && s.slice < to',
  },
]

const SPEED: readonly Change[] = [
  {
    name: 'a-copy-at-the-horizon-counts',
    file: 'libs/core/rows/src/copies.ts',
    find: 'nearest >= 0 && appendedAt - nearest <= horizonMs',
    replace: 'nearest >= 0 && appendedAt - nearest < horizonMs',
  },
  {
    name: 'sql-lets-a-copy-at-the-horizon-count',
    file: 'libs/core/rows/src/copies.ts',
    find: '`coalesce(${appendedAt} - ${nearest} <= ${horizonMs}, false)`',
    replace: '`coalesce(${appendedAt} - ${nearest} < ${horizonMs}, false)`',
  },
  {
    name: 'a-record-at-the-cut-is-below-it',
    file: 'libs/core/rows/src/below-offsets.ts',
    find: '`(_partition = ${partition} AND _offset < ${end})`',
    replace: '`(_partition = ${partition} AND _offset <= ${end})`',
  },
  {
    name: 'append-time-falls-back',
    file: `${speed}/partition-state.ts`,
    find: 'if (record.appendedAt > this.#appended) this.#appended = record.appendedAt',
    replace: 'this.#appended = record.appendedAt',
  },
  {
    name: 'redelivered-records-count-again',
    file: `${speed}/partition-state.ts`,
    find: 'if (record.offset < position) continue',
    replace: 'if (record.offset < position - 1) continue',
  },
  {
    name: 'records-read-for-their-ids-count-again',
    file: `${speed}/partition-state.ts`,
    find: 'const isNew = record.offset >= header.nextOffset',
    replace: 'const isNew = record.offset >= header.floor',
  },
  {
    name: 'a-slice-goes-on-behind-the-next-cut',
    file: `${speed}/partition-state.ts`,
    find: 'c.cut > offset ? c.cut : Infinity',
    replace: 'c.cut > offset + 1 ? c.cut : Infinity',
  },
  {
    name: 'rows-are-not-waited-for',
    file: `${speed}/task.ts`,
    find: 'if (outgoing.length > 0) await this.#state.outbox.send(outgoing, log)',
    replace: 'if (outgoing.length > 0) this.#state.outbox.send(outgoing, log).catch(() => undefined)',
  },
  {
    name: 'the-last-row-sent-again-counts-again',
    file: `${speed}/copies-told.ts`,
    find: 'this.#ends.set(from.partition, from.offset + 1)',
    replace: 'this.#ends.set(from.partition, from.offset)',
  },
  {
    name: 'a-new-stream-lacks-what-was-before-it',
    file: `${speed}/outbox.ts`,
    find: 'if (!isNew && this.#again[stream] !== true) continue',
    replace: 'if (!isNew) continue',
  },
  {
    name: 'ids-seen-before-hide-what-is-sent-anew',
    file: `${speed}/partition-handover.ts`,
    find: 'header === owned ? commit : { ...commit, forgetBefore: ALL_HOURS }',
    replace: 'header === owned ? commit : { ...commit, forgetBefore: 0 }',
  },
  {
    name: 'strays-are-not-marked',
    file: `${speed}/partition-state.ts`,
    find: 'if (home !== this.#place.partition && !this.#homesKnown.has(home)) this.#strays.add(home)',
    replace: 'if (home > this.#place.partition && !this.#homesKnown.has(home)) this.#strays.add(home)',
  },
  {
    name: 'fill-ignores-the-header',
    file: `${speed}/task.ts`,
    find: 'const expected = found !== null && ours.some((own) => sameState(found, own))',
    replace: 'const expected = found !== null || ours.length > 0',
  },
  {
    name: 'what-a-failed-heartbeat-left-is-not-read-again',
    file: `${speed}/lane.ts`,
    find: 'if (this.task.position < batch.nextOffset) this.#readOn()',
    replace: 'if (this.task.position > batch.nextOffset) this.#readOn()',
  },
  {
    name: 'the-last-batch-waits-for-the-next',
    file: `${speed}/lane.ts`,
    find: 'if (!this.#runs() || this.task.uncommitted === 0) return',
    replace: 'if (!this.#runs() || this.task.uncommitted > 0) return',
  },
  {
    name: 'any-revision-keeps-the-cache',
    file: `${speed}/partition-handover.ts`,
    find: 'a.token === b.token && a.stateRevision === b.stateRevision',
    replace: 'a.token === b.token',
  },
  {
    name: 'a-lost-answer-counts-as-refused-only',
    file: `${speed}/task.ts`,
    find: 'counters.commits_unknown++\n      if (epoch === this.#epoch) this.close()',
    replace: 'counters.commits_unknown++',
  },
  {
    name: 'ids-are-forgotten-an-hour-early',
    file: `${speed}/task.ts`,
    find: 'const useless = next.lastAppended - this.source.horizonMs',
    replace: 'const useless = next.lastAppended - this.source.horizonMs + 2 * HOUR_MS',
  },
  {
    name: 'ids-stay-noted-when-a-step-is-undone',
    file: `${speed}/copies-told.ts`,
    find: 'this.#seen.undo()',
    replace: 'void this.#seen',
  },
  {
    name: 'a-batch-that-begins-too-late-is-applied',
    file: `${speed}/lane.ts`,
    find: 'if (batch.from <= position) return true',
    replace: 'if (batch.from <= position + 1) return true',
  },
  {
    name: 'slices-before-the-pointer-are-merged-twice',
    file: 'libs/core/merge/src/merge-layers.ts',
    find: 'if (slice >= oldest) into.push(',
    replace: 'if (slice >= oldest - 1) into.push(',
  },
  {
    name: 'the-oldest-tile-of-a-window-is-left-out',
    file: 'libs/core/windows/src/tiles.ts',
    find: 'return { first: last - count + 1, last }',
    replace: 'return { first: last - count + 2, last }',
  },
  {
    name: 'tiles-are-trimmed-an-hour-early',
    file: 'libs/core/windows/src/tiles.ts',
    find: 'tileOf(newestMs - TILE_GRACE_MS, hop) - reachMs / hop + 1',
    replace: 'tileOf(newestMs, hop) - reachMs / hop + 1',
  },
  {
    name: 'sql-windows-take-a-tile-too-many',
    file: 'libs/core/windows/src/tiles.ts',
    find: '`${tile} > ${last} - ${ms} AND ${tile} <= ${last}`',
    replace: '`${tile} >= ${last} - ${ms} AND ${tile} <= ${last}`',
  },
]

const ARCHIVE: readonly Change[] = [
  {
    name: 'a-manifest-that-accepts-overlap',
    file: 'libs/adapters/lake/src/chain.ts',
    find: 'if (entry.next <= entry.from || entry.from !== endOf(chain, entry.level)) return null',
    replace: 'if (entry.next <= entry.from || entry.from > endOf(chain, entry.level)) return null',
  },
  {
    name: 'a-rewrite-may-end-inside-an-entry',
    file: 'libs/adapters/lake/src/chain.ts',
    find: '!widest(chain).some((tile) => tile.next === entry.next)',
    replace: '!widest(chain).some((tile) => tile.next >= entry.next)',
  },
  {
    name: 'a-hole-of-the-log-is-called-a-loss',
    file: `${archive}/open-entry.ts`,
    find: 'entry.absent += next - entry.next',
    replace: 'entry.missed += next - entry.next',
  },
  {
    name: 'append-time-is-not-carried-on',
    file: `${archive}/open-entry.ts`,
    find: 'openEntry(entry, entry.next, entry.lastAppended)',
    replace: 'openEntry(entry, entry.next, 0)',
  },
  {
    name: 'an-archiver-goes-on-behind-what-it-lost',
    file: `${archive}/partition-archive.ts`,
    find: 'if (batch.from > this.#entry.next) return this.#setup.events.moved(this.#entry.next)',
    replace: 'if (batch.from < this.#entry.next) return this.#setup.events.moved(this.#entry.next)',
  },
  {
    name: 'records-that-retention-deleted-are-not-counted',
    file: `${archive}/partition-archive.ts`,
    find: 'this.#setup.events.missed(next, low)',
    replace: 'this.#setup.events.moved(low)',
  },
  {
    name: 'a-large-dead-letter-blocks-its-partition',
    file: `${archive}/dead-letter.ts`,
    find: 'return 0\n  } catch (error) {\n    if (!isTooLarge(error)) throw error',
    replace: 'return 0\n  } catch (error) {\n    if (isTooLarge(error)) throw error',
  },
  {
    name: 'a-loader-deletes-what-is-no-longer-its-own',
    file: `${archive}/raw-loader.ts`,
    find: 'if (loaded.next > end && isOurs())',
    replace: 'if (loaded.next > end)',
  },
  {
    name: 'a-widened-entry-is-loaded-whole-again',
    file: `${archive}/plan-load.ts`,
    find: 'from: Math.max(entry.from, loaded.next), after',
    replace: 'from: entry.from, after',
  },
  {
    name: 'a-half-loaded-table-passes-for-whole',
    file: `${archive}/plan-load.ts`,
    find: "return loaded.rows === below ? { kind: 'done' } : { kind: 'repair' }",
    replace: "return loaded.rows >= below ? { kind: 'done' } : { kind: 'repair' }",
  },
  {
    name: 'the-horizon-of-a-load-begins-too-late',
    file: `${archive}/plan-load.ts`,
    find: '(before?.lastAppended ?? 0) - horizonMs',
    replace: '(before?.lastAppended ?? 0)',
  },
]

const BATCH: readonly Change[] = [
  {
    name: 'held-views-holds-everything',
    file: `${batch}/held-views.ts`,
    find: 'if (complete) held[view] = machine.fingerprint',
    replace: 'held[view] = machine.fingerprint',
  },
  {
    name: 'an-entry-that-begins-at-the-cut-is-left-out-one-early',
    file: `${batch}/plan-generation.ts`,
    find: '(entry) => entry.from < cutAt({ cuts }, entry.topic, entry.partition),',
    replace: '(entry) => entry.next <= cutAt({ cuts }, entry.topic, entry.partition),',
  },
  {
    name: 'compaction-joins-files-of-other-columns',
    file: `${batch}/compact.ts`,
    find: 'return (file) => kinds.get(lake.path(file))',
    replace: "return () => kinds.get(paths[0] ?? '')",
  },
  {
    name: 'nothing-moved-although-a-view-is-missing',
    file: `${batch}/take-cut.ts`,
    find: 'return still && same && Object',
    replace: 'return still && Object',
  },
  {
    name: 'a-cut-claims-to-have-no-strays',
    file: `${batch}/take-cut.ts`,
    find: 'strayed: header === null || !isHomeEnough(header, partitions)',
    replace: 'strayed: header === null && partitions > 0',
  },
  {
    name: 'the-last-group-of-a-part-is-not-loaded',
    file: `${batch}/load-batch-parts.ts`,
    find: 'if (group.length > 0) yield group',
    replace: 'if (group.length > 1) yield group',
  },
  {
    name: 'registering-without-looking-at-the-part',
    file: `${seam}/change-header.ts`,
    find: 'protocol.register(h, registered, nonce()), requires)',
    replace: 'protocol.register(h, registered, nonce()))',
  },
]

const SERVING: readonly Change[] = [
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
]

const aggregates = 'libs/core/aggregates/src'

const MEANING: readonly Change[] = [
  {
    name: 'a-value-on-an-edge-falls-below-it',
    file: `${aggregates}/histogram.ts`,
    find: 'if (${value?.source} < ${edges[n]}) ${slot}++;',
    replace: 'if (${value?.source} <= ${edges[n]}) ${slot}++;',
  },
  {
    name: 'a-bucket-is-one-off',
    file: `${aggregates}/log-bucket.ts`,
    find: 'return dropped * HALF + (size >>> dropped)',
    replace: 'return dropped * HALF + (size >>> dropped) + 1',
  },
  {
    name: 'a-rank-is-one-off',
    file: `${aggregates}/approx-distinct.ts`,
    find: 'high > 0 ? 40 - Math.clz32(high)',
    replace: 'high > 0 ? 39 - Math.clz32(high)',
  },
  {
    name: 'a-row-has-every-field-that-is-required-today',
    file: 'libs/core/expr/src/to-js/compile.ts',
    find: 'return named(scope.field(expr.name), true)',
    replace: 'return named(scope.field(expr.name), expr.optional)',
  },
  {
    name: 'what-a-record-lacks-by-the-definition-of-today-is-its-death',
    file: 'libs/core/rows/src/as-logged.ts',
    find: '{ ...field, optional: true }',
    replace: '{ ...field, optional: field.optional }',
  },
  {
    name: 'an-absent-offset-is-counted-twice',
    file: `${seam}/tally.ts`,
    find: 'absent: tally.absent + offsets - passed.read,',
    replace: 'absent: tally.absent + offsets,',
  },
  {
    name: 'dead-records-of-the-lake-are-absent',
    file: `${speed}/refill.ts`,
    find: 'const count = Math.min(dead, offset - free)',
    replace: 'const count = Math.min(dead, offset - free) * 0',
  },
  {
    name: 'what-was-lost-is-passed-over-in-silence',
    file: `${speed}/refill.ts`,
    find: 'if (entry.missed > 0 && entry.next > task.needed)',
    replace: 'if (entry.missed > 0 && entry.next < task.needed)',
  },
  {
    name: 'a-partition-goes-on-before-the-lake-has-what-it-needs',
    file: `${speed}/lane.ts`,
    find: '?? 0) >= this.#low',
    replace: '?? 0) >= 0',
  },
  {
    name: 'state-at-the-end-of-the-archive-is-behind-it',
    file: `${serving}/freshness.ts`,
    find: 'header.nextOffset < (await partitions.archived(place))',
    replace: 'header.nextOffset <= (await partitions.archived(place))',
  },
  {
    name: 'windows-with-newer-records-come-from-the-batch-layer-alone',
    file: 'libs/core/merge/src/list-sql.ts',
    find: "${starts.kind === 'only' ? 'IN' : 'NOT IN'}",
    replace: "${starts.kind === 'only' ? 'IN' : 'IN'}",
  },
  {
    name: 'a-list-is-cut-wherever-the-engine-stopped',
    file: `${serving}/list-joined.ts`,
    find: 'if (rows.length < limit || first === 0) return true',
    replace: 'if (rows.length >= 0 || first === limit) return true',
  },
]

export const CHANGES: readonly Change[] = [...SEAM, ...SPEED, ...ARCHIVE, ...BATCH, ...SERVING, ...MEANING]
