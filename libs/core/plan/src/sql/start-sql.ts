import { startOfSql } from '@tidewater/expr'
import type { SqlDialect } from '@tidewater/expr'
import { floorToSql } from '@tidewater/windows'
import type { BucketSpec } from '@tidewater/windows'

/** Start of the window that holds an instant, ms: `Buckets.start` in SQL. */
export const startSql = (spec: BucketSpec, dialect: SqlDialect, at: string): string =>
  spec.kind === 'duration' ? floorToSql(at, spec.ms) : startOfSql(dialect, spec.unit, spec.zone, at)
