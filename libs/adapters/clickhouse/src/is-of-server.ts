import { ClickHouseError } from '@clickhouse/client'

/** The server refused, or cannot be reached; every other error is a fault of the program. */
export const isOfServer = (error: unknown): error is Error =>
  error instanceof ClickHouseError ||
  (error instanceof Error &&
    !(error instanceof TypeError) &&
    ('code' in error || /^Timeout/.test(error.message)))
