import { PlatformError } from '@tidewater/base'
import { SQL_DATABASE, sqlNameOf } from 'tidewater'
import type { ViewAccess } from './view-access.ts'

const sqlOf = ({ view }: ViewAccess): string =>
  `use SQL: SELECT * FROM ${SQL_DATABASE}.${sqlNameOf(view.name)}`

export const tooSlow = (access: ViewAccess, deadlineMs: number): PlatformError =>
  new PlatformError(
    'TOO_COSTLY',
    `${access.view.name} has too many groups to read in ${deadlineMs} ms`,
    `ask for single keys or a shorter range, or ${sqlOf(access)}`,
  )

export const tooManyRows = (access: ViewAccess): PlatformError =>
  new PlatformError(
    'TOO_COSTLY',
    `${access.view.name} has more rows at a time than one answer may hold`,
    `ask for a shorter range, longer periods (every) or fewer keys (groupBy), or ${sqlOf(access)}`,
  )
