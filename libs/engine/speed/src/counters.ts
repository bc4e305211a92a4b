import type { Passed } from '@tidewater/seam'

/** What became of the records a task passed; counted when it is stored, so a record done again counts once. */
export const RECORD_COUNTERS = [
  'events_read',
  'events_applied',
  'events_duplicate',
  'events_dead',
  'events_keyless',
  'events_late',
  'rows_late',
  'rows_crowded',
] as const

/** What a worker has done since it started; every name is a metric and shown by `status`. */
export const COUNTERS = [
  ...RECORD_COUNTERS,
  'commits',
  'changes_committed',
  'records_sent',
  'commits_redone_for_cut',
  'commits_rewound',
  'commits_reloaded',
  'commits_fenced',
  'commits_unknown',
  'keys_strayed',
  'records_refilled',
  'partitions_halted',
  'announcements_missed',
] as const

export type RecordCounters = Record<(typeof RECORD_COUNTERS)[number], number>
export type Counters = Record<(typeof COUNTERS)[number], number>

const zeros = <Name extends string>(names: readonly Name[]): Record<Name, number> =>
  Object.fromEntries(names.map((name) => [name, 0])) as Record<Name, number>

export const newCounters = (): Counters => zeros(COUNTERS)
export const newRecordCounters = (): RecordCounters => zeros(RECORD_COUNTERS)

export const addCounts = (into: Counters, counts: RecordCounters): void => {
  for (const name of RECORD_COUNTERS) into[name] += counts[name]
}

/** What the header's tally takes of them. */
export const passedOf = (counts: RecordCounters): Passed => ({
  read: counts.events_read,
  applied: counts.events_applied,
  duplicate: counts.events_duplicate,
  dead: counts.events_dead,
})
