// the vocabulary of pipelines
export { days, hours, minutes, seconds } from '@tidewater/base'
export type { Duration } from '@tidewater/base'
export {
  approxDistinct,
  count,
  deviation,
  distinct,
  earliest,
  ema,
  histogram,
  latest,
  max,
  mean,
  min,
  quantile,
  session,
  sum,
  variance,
} from './aggregate.ts'
export { change, rate, ratioOf } from './change.ts'
export type { Rate } from './change.ts'
export type { Lifted, Measure, Session, Total } from './aggregate.ts'
export type { Aggregate, Where } from './aggregate-call.ts'
export { breakdown, topK } from './entries.ts'
export type { Entry } from './entries.ts'
export { greatest, least } from './choose.ts'
export type { Chosen } from './choose.ts'
export { event } from './event.ts'
export { boolean, decimal, id, instant, int, number, oneOf, text } from './field.ts'
export type {
  Cells,
  Field,
  Fields,
  FlagField,
  InstantField,
  Instants,
  NumberField,
  Present,
  TextField,
} from './field.ts'
export { join, matched } from './join.ts'
export type { Perhaps, Shared, Within } from './join.ts'
export { none, pattern, step } from './pattern.ts'
export type { None, Step, StepRows, Steps } from './pattern.ts'
export type { RowOf, Source } from './source.ts'
export { pick, stream } from './stream.ts'
export type { Selected } from './stream.ts'
export { file, table } from './table.ts'
export type { Loose, Table, TableSource } from './table.ts'
export type {
  AnyFlag,
  AnyInstant,
  AnyNumeric,
  AnyText,
  CalendarUnit,
  Decimal,
  Flag,
  Instant,
  KindOf,
  List,
  LiteralKind,
  MissingOf,
  Num,
  NumberOf,
  Numeric,
  Scope,
  Standing,
  Text,
  Value,
  Wide,
} from './value.ts'
export { view } from './view.ts'
export type { KeyRule, Keys, Measures, Missable, PickKeys, Row, View } from './view.ts'
export { tumbling } from './window.ts'
export type { Window } from './window.ts'

// for the platform: the plain data behind it
export * from './definition.ts'
export * from './operator-definition.ts'
export { describe, describeCall } from './describe.ts'
export * from './names.ts'
export { definitionOf } from './registry.ts'
export { buildCatalog } from './catalog.ts'
export type { Sourced } from './catalog.ts'
export { enumNameOf } from './catalog-names.ts'
export { ORIGINS, isSides } from './join-sides.ts'
export { MOST_ROWS } from './pattern-parts.ts'
export { eventsRead, operatorsFrom, sentFrom } from './sent-from.ts'
export type { Sending } from './sent-from.ts'
export { isSent, logOf } from './sent-stream.ts'
export type { SentStream } from './sent-stream.ts'
export { streamsOf } from './stream.ts'
export { explainOperator } from './explain-operator.ts'
export type { ExplainedOperator } from './explain-operator.ts'
export { explainStream, explainView, typeName } from './explain.ts'
export type { ExplainedColumn, ExplainedStream, Explanation } from './explain.ts'
export { fingerprintOf, operatorFingerprint } from './fingerprint.ts'
