/** Records that never became an event. */
export const DEAD_SDL = /* GraphQL */ `
  "A record that never became an event: what it held, why, and where it stood."
  type DeadLetter {
    "In the dead-letter topic."
    offset: Long!
    at: Instant!
    reason: String!
    "undecodable and invalid last until the definition changes, early passes by itself; line: of a file that was loaded."
    kind: String!
    "topic/partition/offset, or file:line."
    place: String!
    key: String
    "As text; in lists the first 2000 bytes."
    value: String
    "Bytes the letter holds."
    size: Long!
    headers: JSON!
    "How large the record was; null: the letter holds all of it."
    truncated: String
    "Its offset in the event's topic, once it was retried."
    retried: Long
    "All of it in base64; null in lists."
    bytes: String
  }
  "Letters that were not retried, by reason; … stands for what differs."
  type DeadReason {
    reason: String!
    kind: String!
    count: Long!
    "Of the newest one."
    at: Instant!
  }
  type DeadLetters {
    event: String!
    "Each letter once, those that were retried included."
    total: Long!
    retried: Long!
    "Records of the dead-letter topic too old to be looked at: only the newest 100,000 are."
    older: Long!
    reasons: [DeadReason!]!
    "Newest first."
    rows: [DeadLetter!]!
    next: String
  }
  "retried: appended now. valid: would be. already: was before. dead: still none, by reason. lost: neither letter nor log has all of it. line: load the file again. unknown: no such letter."
  type RetriedLetter {
    place: String!
    outcome: String!
    reason: String
  }
  type DeadRetry {
    retried: Long!
    rows: [RetriedLetter!]!
    "There are more: ask again with it as \`after\`."
    next: String
  }

  extend type Query {
    "Records of an event that were refused in the log, or rows that no load could read."
    dead(event: String!, first: Int = 20, after: String): DeadLetters!
    "The counts of every event, without rows."
    deadLetters: [DeadLetters!]!
    "place: partition/offset, topic/partition/offset or file:line."
    deadLetter(event: String!, place: String!): DeadLetter
  }
  extend type Mutation {
    "Judges records again by the present definition: what is valid now is appended under its own id, once. One of places, reason (a text it contains) and all."
    retryDead(
      event: String!
      places: [String!]
      reason: String
      all: Boolean = false
      dryRun: Boolean = false
      after: String
    ): DeadRetry!
  }
`
