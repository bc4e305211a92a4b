/** What every schema has, whatever is defined. */
export const BUILT_IN_SDL = /* GraphQL */ `
  "Exact, a string: \\"4776808.812\\"."
  scalar Decimal
  "UTC, \\"2026-11-21T10:00:00.000Z\\"; as argument also \\"now\\", \\"now-30d\\", \\"now-30d/d\\" (start of that day) and \\"stream\\" (the newest event)."
  scalar Instant
  "A whole number, exact to 2^53."
  scalar Long
  "5m 1h 1d 1w 1mo 1q 1y all; a multiple of the view's window."
  scalar Period
  "Any JSON value."
  scalar JSON

  "MERGED = BATCH + SPEED: every event is on exactly one side of the generation's cut."
  enum Layer {
    MERGED
    BATCH
    SPEED
  }
  enum Direction {
    ASC
    DESC
  }
  enum ColumnRole {
    KEY
    TIME
    MEASURE
  }

  "A key of a list such as the most frequent values, with what belongs to it."
  type LongEntry {
    key: String!
    value: Long!
  }
  "A key with a decimal."
  type DecimalEntry {
    key: String!
    value: Decimal!
  }

  "Events of a partition below \`next\`."
  type Offset {
    topic: String!
    partition: Int!
    next: Long!
  }

  "What an answer has seen: it is exact at \`offsets\`."
  type Freshness {
    "The instant the answer is of: the end of every .last() window."
    asOf: Instant!
    "Number of the generation whose batch part was used; 0 before the first."
    generation: Int
    builtAt: Instant
    "Events below it came from the batch part."
    cut: [Offset!]!
    offsets: [Offset!]!
    "Windows that end before it are closed: the slowest partition's newest event time less the event's lateness."
    watermark: Instant
    "Age of what is not yet applied; 0 when everything in the log is."
    lagMs: Long!
    "What is incomplete, by name; empty: nothing."
    degraded: [String!]!
  }

  "A column of a view."
  type Column {
    name: String!
    type: String!
    unit: String
    doc: String
    role: ColumnRole!
  }
  "Rows of any view, as JSON objects with the names of its columns; windows have \`start\` and \`end\`."
  type ViewPage {
    columns: [Column!]!
    rows: [JSON!]!
    others: JSON
    total: JSON
    next: String
    rowCount: Long!
    freshness: Freshness!
  }

  input IDFilter {
    eq: ID
    in: [ID!]
    isNull: Boolean
  }
  input StringFilter {
    eq: String
    in: [String!]
    startsWith: String
    isNull: Boolean
  }
  input LongFilter {
    eq: Long
    in: [Long!]
    gt: Long
    gte: Long
    lt: Long
    lte: Long
    isNull: Boolean
  }
  input FloatFilter {
    gt: Float
    gte: Float
    lt: Float
    lte: Float
    isNull: Boolean
  }
  input DecimalFilter {
    eq: Decimal
    in: [Decimal!]
    gt: Decimal
    gte: Decimal
    lt: Decimal
    lte: Decimal
    isNull: Boolean
  }
  input BooleanFilter {
    eq: Boolean
    isNull: Boolean
  }
  input InstantFilter {
    eq: Instant
    gt: Instant
    gte: Instant
    lt: Instant
    lte: Instant
    isNull: Boolean
  }

  type Reason {
    field: String
    message: String!
    cure: String
  }
  type Rejected {
    index: Int!
    reasons: [Reason!]!
  }
  type TrackResult {
    accepted: Int!
    rejected: [Rejected!]!
  }
  "Every answer compared with a recompute from the archive at the answer's own offsets."
  type ReconcileReport {
    checked: Long!
    mismatched: Long!
    missing: Long!
    extra: Long!
    "The first row that differs."
    first: JSON
    "Views that do not hold their whole history yet: not compared."
    building: [String!]!
  }

  type Query {
    "Any view by name."
    view(
      name: String!
      "A view without window: its key, or an object of all its keys. Answers at most one row."
      key: JSON
      from: Instant
      to: Instant = "now"
      every: Period
      zone: String
      groupBy: [String!]
      "{\\"country\\": {\\"in\\": [\\"France\\"]}, \\"revenue\\": {\\"gt\\": \\"100\\"}}; keys filter before grouping, measures after."
      where: JSON
      "revenue | revenue asc | country desc, revenue"
      orderBy: String
      limit: Int
      after: String
      asOf: Instant = "now"
      layer: Layer = MERGED
    ): ViewPage!
    status: Status!
    "Newest first."
    generations: [Generation!]!
  }

  type Mutation {
    "Takes events in, as POST /events/:event does."
    track(event: String!, data: [JSON!]!): TrackResult!
    "Builds a generation of everything that is in the log now; answers when it is published."
    runGeneration: Generation!
    "Compares every key of every view with a recompute from the archive."
    reconcile: ReconcileReport!
  }
`
