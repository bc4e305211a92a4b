import type { Change } from '../change.ts'

const speed = 'libs/engine/speed/src'

export const SPEED: readonly Change[] = [
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
    file: `${speed}/partition-views.ts`,
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
    find: 'this.#ends.set(from.origin, endBehind(from))',
    replace: 'this.#ends.set(from.origin, [from.offset, from.number])',
  },
  {
    name: 'a-new-stream-lacks-what-was-before-it',
    file: `${speed}/partition-streams.ts`,
    find: 'if (!isNew && this.#again[stream] !== true) continue',
    replace: 'if (!isNew) continue',
  },
  {
    name: 'an-operator-begins-anew-with-what-it-had',
    file: `${speed}/partition-handover.ts`,
    find: 'next: bytes, clears, writes: []',
    replace: 'next: bytes, writes: []',
  },
  {
    name: 'an-operator-that-is-behind-passes-over-old-files',
    file: `${speed}/task.ts`,
    find: 'return this.#state.operators.areBehind ? this.mustReadFrom : this.needed',
    replace: 'return this.needed',
  },
  {
    name: 'a-new-operator-lacks-what-was-before-it',
    file: `${speed}/partition-operators.ts`,
    find: 'if (isNew || running.again) running.step',
    replace: 'if (isNew) running.step',
  },
  {
    name: 'what-an-operator-is-done-with-stays',
    file: `${speed}/task.ts`,
    find: 'next: owned.bytes, deletes, writes',
    replace: 'next: owned.bytes, writes',
  },
  {
    name: 'ids-seen-before-hide-what-is-sent-anew',
    file: `${speed}/partition-handover.ts`,
    find: 'header.carried === owned.carried ? commit : { ...commit, forgetBefore: ALL_HOURS }',
    replace: 'header.carried === owned.carried ? commit : { ...commit, forgetBefore: 0 }',
  },
  {
    name: 'a-mark-may-be-lost-alone',
    file: `${speed}/mark-homes.ts`,
    find: 'const next = protocol.renew(header, nonce())',
    replace: 'const next = header',
  },
  {
    name: 'a-lost-store-tells-copies-by-the-log-alone',
    file: `${speed}/task.ts`,
    find: 'return this.#owned === null ? 0 : startOf(this.#owned.header)',
    replace: 'return this.needed',
  },
  {
    name: 'strays-are-not-marked',
    file: `${speed}/partition-views.ts`,
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
    name: 'dead-records-of-the-lake-are-absent',
    file: `${speed}/refill.ts`,
    find: 'const count = Math.min(dead, offset - free)',
    replace: 'const count = Math.min(dead, offset - free) * 0',
  },
  {
    name: 'what-was-lost-is-passed-over-in-silence',
    file: `${speed}/refill.ts`,
    find: 'if (entry.missed > 0 && isNeeded)',
    replace: 'if (entry.missed > 0 && !isNeeded)',
  },
  {
    name: 'ids-below-the-cut-are-not-looked-for-in-the-lake',
    file: `${speed}/refill.ts`,
    find: 'if (!isNeeded && entry.lastAppended < since) continue',
    replace: 'if (!isNeeded || entry.lastAppended < since) continue',
  },
  {
    name: 'a-partition-goes-on-before-the-lake-has-what-it-needs',
    file: `${speed}/lane.ts`,
    find: '?? 0) >= this.#low',
    replace: '?? 0) >= 0',
  },
]
