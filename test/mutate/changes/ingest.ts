import type { Change } from '../change.ts'

const ingest = 'libs/engine/ingest/src'

export const INGEST: readonly Change[] = [
  {
    name: 'one-line-of-a-body-is-lost',
    file: `${ingest}/split-body.ts`,
    find: 'p = end + 1',
    replace: 'p = end + 2',
    test: `${ingest}/intake.test.ts`,
  },
  {
    name: 'an-instant-without-a-zone-is-local',
    file: `${ingest}/parse-instant.ts`,
    find: '* 60_000 + centuryShift(year)',
    replace: '* -60_000 + centuryShift(year)',
    test: `${ingest}/decoder.test.ts`,
  },
  {
    name: 'an-int-that-a-double-has-rounded-is-taken',
    file: `${ingest}/field-rule.ts`,
    find: 'const EXACT_DIGITS = 15',
    replace: 'const EXACT_DIGITS = 17',
    test: `${ingest}/decoder.test.ts`,
  },
  {
    name: 'the-door-takes-more-than-it-may-hold',
    file: `${ingest}/intake.ts`,
    find: 'inFlight + bytes > options.maxInFlightBytes',
    replace: 'bytes > options.maxInFlightBytes',
    test: `${ingest}/intake.test.ts`,
  },
  {
    name: 'what-failed-stays-in-flight',
    file: `${ingest}/intake.ts`,
    find: '} finally {\n      inFlight -= bytes',
    replace: '} finally {\n      inFlight -= 0',
    test: `${ingest}/intake.test.ts`,
  },
]
