export { compileDecoder, type Decoder } from './decoder.ts'
export { FUTURE_MS } from './judge-json.ts'
export { parseInstant } from './parse-instant.ts'
export { isRejected, type Reason, Rejected, sentenceOfRejection } from './rejection.ts'
export { compileAcceptance, type AcceptContext, LARGEST_VALUE, type Verdict } from './accept-events.ts'
export {
  createIntake,
  type DeadLine,
  type Intake,
  type IntakeAnswer,
  type IntakeOptions,
  type Receipt,
} from './intake.ts'
export { type ArchiveNearby, intakeRoutes } from './intake-routes.ts'
export { splitBody } from './split-body.ts'
export { eventTopics } from './event-topics.ts'
