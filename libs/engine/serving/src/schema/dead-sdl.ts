/** Records that never became an event. */
export const DEAD_SDL = /* GraphQL */ `
  "A record that never became an event: its bytes as text, why, and where it stood."
  type DeadLetter {
    offset: Long!
    at: Instant!
    reason: String!
    "topic/partition/offset, or file:line."
    place: String!
    value: String
  }
  type DeadLetters {
    total: Long!
    "Newest first."
    rows: [DeadLetter!]!
  }

  extend type Query {
    "Records of an event that were refused in the log, or rows that no load could read."
    dead(event: String!, first: Int = 20): DeadLetters!
  }
`
