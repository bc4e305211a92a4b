import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { PlatformError } from '@tidewater/base'
import type { Command } from 'commander'
import { newPipelines } from '../definitions/new-pipelines.ts'
import { repository } from '../stack/run-file.ts'

export const initCommand = (program: Command): void => {
  program
    .command('init <dir>')
    .description('make DIR a place for your own pipelines (no network; keeps what is there)')
    .action((dir: string) => init(resolve(process.env.INIT_CWD ?? process.cwd(), dir)))
}

const init = (directory: string): void => {
  if (existsSync(directory) && !lstatSync(directory).isDirectory()) {
    throw new PlatformError('BAD_INPUT', `${directory} is a file`, 'name a directory')
  }
  mkdirSync(join(directory, 'node_modules'), { recursive: true })
  // definitions that are already there need the setting, not the example
  const hasDefinitions = readdirSync(directory).some((name) => name.endsWith('.ts'))
  for (const [name, text] of Object.entries(newPipelines(isCommonJs(directory)))) {
    const isExample = name.startsWith('shop.') || name === 'README.md'
    if (existsSync(join(directory, name))) console.log(`  kept    ${name}`)
    else if (!(isExample && hasDefinitions)) {
      writeFileSync(join(directory, name), text)
      console.log(`  wrote   ${name}`)
    }
  }
  link(directory)
  const near = relative(process.cwd(), directory) || '.'
  const here = near.startsWith('..') ? directory : near
  console.log(`\nNext:  npx --no tidewater check ${here}\n       npm start -- --pipelines ${here}`)
}

/** True when a package.json is there and does not say module. */
const isCommonJs = (directory: string): boolean => {
  const path = join(directory, 'package.json')
  if (!existsSync(path)) return false
  return (JSON.parse(readFileSync(path, 'utf8')) as { readonly type?: string }).type !== 'module'
}

/** Editors and tsc find the language in this clone. */
const link = (directory: string): void => {
  const path = join(directory, 'node_modules', 'tidewater')
  const found = lstatSync(path, { throwIfNoEntry: false })
  if (found !== undefined && !found.isSymbolicLink()) {
    throw new PlatformError('BAD_INPUT', `${path} is there and is no link`, 'remove it, then run init again')
  }
  if (found !== undefined) rmSync(path)
  symlinkSync(join(repository, 'libs', 'core', 'define'), path, 'junction')
  console.log('  linked  node_modules/tidewater')
}
