import { readdirSync, realpathSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PlatformError } from '@tidewater/base'

/** One file of definitions. */
export interface PipelineFile {
  /** Absolute, without symbolic links. */
  readonly path: string
  /** How messages name it. */
  readonly label: string
}

/** A directory of definitions, or one file of them. */
export interface PipelineRoot {
  /** Absolute directory that ends with a separator. */
  readonly directory: string
  readonly files: readonly PipelineFile[]
}

/** The pipelines that come with the platform. */
export const BUILT_IN = fileURLToPath(new URL('../../../pipelines', import.meta.url))

const isDefinitions = (name: string): boolean =>
  name.endsWith('.ts') && !name.endsWith('.d.ts') && !name.endsWith('.test.ts')

/** Every *.ts below a directory except tests, declarations, node_modules and hidden ones, in the order of their names. */
const walk = (directory: string): readonly string[] =>
  readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.name !== 'node_modules' && !entry.name.startsWith('.'))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(directory, entry.name)
      if (entry.isDirectory()) return walk(path)
      return isDefinitions(entry.name) ? [path] : []
    })

/** The files of a pipelines directory; a path to a single file is taken as that file alone. */
export const pipelineRoot = (given: string): PipelineRoot => {
  const asked = resolve(given)
  const stat = statSync(asked, { throwIfNoEntry: false })
  if (stat === undefined) {
    throw new PlatformError(
      'BAD_CONFIG',
      `there is no pipelines directory ${asked}`,
      `make one: npx --no tidewater init ${given}`,
      given,
    )
  }
  const real = realpathSync(asked)
  const directory = stat.isDirectory() ? real : dirname(real)
  const paths = stat.isDirectory() ? walk(real) : [real]
  if (paths.length === 0) {
    throw new PlatformError(
      'BAD_CONFIG',
      `${asked} holds no *.ts file`,
      `make one: npx --no tidewater init ${given}`,
      given,
    )
  }
  return {
    directory: `${directory}${sep}`,
    files: paths.map((path) => ({ path, label: relative(directory, path) })),
  }
}
