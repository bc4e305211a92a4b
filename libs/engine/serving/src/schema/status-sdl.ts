/** What runs, how far it is, and where the records are. */
export const STATUS_SDL = /* GraphQL */ `
  "A finished recompute of every view from the archive."
  type Generation {
    number: Int!
    id: String!
    builtAt: Instant!
    "Whether readers use it."
    published: Boolean!
    cut: [Offset!]!
    views: [String!]!
    "Null: not read back yet."
    reconciled: Reconciled
  }
  "What was found when a generation was read back: every answer compared with a recompute from the archive."
  type Reconciled {
    at: Instant!
    checked: Long!
    "Rows that differ, are missing or are too many. 0, always."
    mismatched: Long!
  }
  type Worker {
    name: String!
    role: String!
    pid: Int!
    startedAt: Instant!
    "'topic:partition' now owned."
    partitions: [String!]!
    counters: JSON!
    "What stands still or is about to be lost, with the cure."
    troubles: [String!]!
  }
  "low and high bound the log (null: it does not answer), \`next\` is applied, \`archived\` is in the lake."
  type Partition {
    topic: String!
    partition: Int!
    low: Long
    high: Long
    next: Long!
    archived: Long!
    "Records below \`archived\` that retention deleted before they were archived."
    missed: Long!
    owner: String!
    "Why it stands still; null: it does not."
    halted: String
  }
  "Where the records of an event are: accepted = applied + duplicate + dead + waiting + uncounted. accepted and waiting are null while the log does not answer."
  type Account {
    event: String!
    accepted: Long
    applied: Long!
    "Copies, within the horizon, of a record that is applied."
    duplicate: Long!
    dead: Long!
    "Not yet read by the speed layer."
    waiting: Long
    "Passed by a worker of a version that did not count."
    uncounted: Long!
    "False is a fault of the platform: a record is lost or counted twice."
    balanced: Boolean!
  }
  "Records below the published cut that are in no group of a view: they lack its key, by \`orSkip\` or because a field was not required when they were accepted."
  type Keyless {
    view: String!
    records: Long!
  }
  type Job {
    name: String!
    step: String!
    "0..1"
    fraction: Float!
  }
  type Status {
    now: Instant!
    views: [String!]!
    generation: Int
    builtAt: Instant
    workers: [Worker!]!
    partitions: [Partition!]!
    events: [Account!]!
    "Views that leave out records for want of a key. Their answers are as whole as they can be, so not degraded."
    keyless: [Keyless!]!
    "Batch jobs that run now."
    jobs: [Job!]!
  }
`
