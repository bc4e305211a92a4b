/** What a worker has done since it started; every name is a metric and shown by `status`. */
export const COUNTERS = [
  'events_read',
  'events_applied',
  'events_duplicate',
  'events_dead',
  'events_keyless',
  'events_late',
  'commits',
  'changes_committed',
  'commits_redone_for_cut',
  'commits_rewound',
  'commits_reloaded',
  'commits_fenced',
  'commits_unknown',
  'keys_strayed',
  'partitions_halted',
] as const

export type Counters = Record<(typeof COUNTERS)[number], number>

export const newCounters = (): Counters => Object.fromEntries(COUNTERS.map((name) => [name, 0])) as Counters
