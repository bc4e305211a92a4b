import { statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { PlatformError } from '@tidewater/base'
import { loadCatalog } from '@tidewater/runtime'
import type { Command } from 'commander'
import { directoriesOf } from '../definitions/catalog-flags.ts'
import { checkSql } from '../definitions/check-sql.ts'
import { checkTypes } from '../definitions/check-types.ts'
import { repository } from '../stack/run-file.ts'

export const checkCommand = (program: Command): void => {
  program
    .command('check [dir]')
    .description(
      'check the definitions below DIR: types, meaning, SQL (default: all that npm start would load)',
    )
    .action((dir: string | undefined) => check(dir))
}

const check = async (dir: string | undefined): Promise<void> => {
  const given =
    dir === undefined
      ? directoriesOf({ pipelines: [] })
      : [resolve(process.env.INIT_CWD ?? process.cwd(), dir)]
  for (const directory of dir === undefined ? [join(repository, 'pipelines'), ...given] : given)
    await reportTypes(directory)
  const catalog = await loadCatalog({ dirs: given })
  console.log(
    `✓ definitions  ${catalog.events.size} events, ${catalog.streams.size} streams, ${catalog.joins.size} joins, ${catalog.patterns.size} patterns, ${catalog.tables.size} tables, ${catalog.views.size} views`,
  )
  await checkSql(catalog)
  console.log('✓ SQL          every view is planned by DuckDB')
}

const reportTypes = async (given: string): Promise<void> => {
  const stat = statSync(given, { throwIfNoEntry: false })
  if (stat === undefined)
    throw new PlatformError(
      'BAD_INPUT',
      `there is no directory ${given}`,
      `make one: npx --no tidewater init ${given}`,
    )
  const directory = stat.isDirectory() ? given : dirname(given)
  const report = await checkTypes(directory)
  if (report === null)
    console.log(
      `- types        ${directory} has no tsconfig.json, so they were not checked: npx --no tidewater init ${directory}`,
    )
  else if (report.passed) console.log(`✓ types        ${directory}`)
  else {
    console.log(report.output)
    throw new PlatformError('BAD_DEFINITION', `${directory}: the types do not fit`, 'see the lines above')
  }
}
