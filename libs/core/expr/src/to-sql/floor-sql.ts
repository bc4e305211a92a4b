import { floorToSql } from '@tidewater/windows'
import type { SqlDialect } from './dialect.ts'

/** Integer division that rounds down; both engines cut towards zero. `by` > 0. */
export const floorDivSql = (dialect: SqlDialect, x: string, by: number): string =>
  // A multiple of `by`, so its quotient is exact.
  dialect.integerDivide(floorToSql(x, by), String(by))
