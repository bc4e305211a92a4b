import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { loadCatalog, loadConfig } from '@tidewater/runtime'
import type { Command } from 'commander'
import type { Catalog } from 'tidewater'
import { findRunFile } from '../stack/run-file.ts'

/** Which definitions a command is about. */
export interface CatalogFlags {
  readonly pipelines: readonly string[]
  readonly only?: boolean
}

const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value]

/** The flags of commands that read definitions themselves, so they work while nothing runs. */
export const withCatalogFlags = (command: Command): Command =>
  command
    .option('--pipelines <dir>', 'add the definitions below DIR (may be repeated)', collect, [])
    .option('--only', 'leave out the built-in pipelines')

/** The directories asked for: PIPELINES_DIR and the flags, seen from where the person stands, and those of the platform that runs here. */
export const directoriesOf = (flags: CatalogFlags): readonly string[] => {
  const asked = [...loadConfig().pipelinesDirs, ...flags.pipelines]
  const running =
    findRunFile()
      ?.env.PIPELINES_DIR?.split(',')
      .filter((dir) => existsSync(dir)) ?? []
  return [
    ...new Set([...running, ...asked.map((dir) => resolve(process.env.INIT_CWD ?? process.cwd(), dir))]),
  ]
}

export const catalogFor = (flags: CatalogFlags): Promise<Catalog> =>
  loadCatalog({ dirs: directoriesOf(flags), only: flags.only ?? loadConfig().pipelinesOnly })
