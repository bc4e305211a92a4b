/** What is defined, for people who meet the views without their source. */
export const DEFINITION_SDL = /* GraphQL */ `
  "A view as it is defined."
  type Definition {
    name: String!
    doc: String
    "The file it is defined in."
    source: String!
    "Changes with the meaning of the view, and with nothing else."
    fingerprint: String!
    event: String!
    topic: String!
    "The streams it reads the event through, the nearest first; what they say is in the rest already."
    through: [String!]!
    where: String
    "Null: one row per key, for ever."
    window: String
    "Its window as a period: the shortest that a list can be asked by."
    every: Period
    "A key that is silent for longer has no row."
    expires: String
    top: String
    tiles: [String!]!
    "Its fields of Query."
    fields: [String!]!
    "Its name in SQL."
    table: String!
    columns: [DefinedColumn!]!
    "What it is compiled to, part by part."
    javascript: [String!]!
    "What each batch engine runs."
    sql: [PrintedSql!]!
  }
  type DefinedColumn {
    name: String!
    role: ColumnRole!
    "decimal(38, 2), instant, oneOf('a', 'b')"
    type: String!
    "Whether it may be null."
    missing: Boolean!
    definition: String!
  }
  type PrintedSql {
    engine: String!
    "The kept state, from the raw rows."
    state: String!
    "The answer, from the state."
    answer: String!
  }

  extend type Query {
    definitions: [Definition!]!
    definition(view: String!): Definition
  }
`
