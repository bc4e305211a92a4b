import { existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './packages.mjs'
import { quietly, step } from './steps.mjs'

const app = join(root, 'apps', 'console')
const built = join(app, 'dist')
const SOURCES = ['src', 'public', 'index.html', 'vite.config.ts', 'package.json']

/** Builds the console when it is not built, or its sources are newer. A platform without it works: what went wrong is said. */
export async function prepareConsole(node) {
  if (isBuilt()) return
  await step('console', () => build(node)).catch((error) => process.stderr.write(`${error.message}\n`))
}

function isBuilt() {
  const page = join(built, 'index.html')
  return existsSync(page) && newestOf(SOURCES.map((name) => join(app, name))) <= statSync(page).mtimeMs
}

/** Beside what is there, then in its place: nobody is served half of each. */
async function build(node) {
  const fresh = join(app, 'dist', `.fresh-${process.pid}`)
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js')
  await quietly(node, [vite, 'build', '--outDir', fresh, '--logLevel', 'warn'], { cwd: app })
  for (const name of readdirSync(built)) {
    if (!name.startsWith('.fresh-')) rmSync(join(built, name), { recursive: true, force: true })
  }
  for (const name of readdirSync(fresh)) renameSync(join(fresh, name), join(built, name))
  rmSync(fresh, { recursive: true, force: true })
}

function newestOf(paths) {
  return Math.max(...paths.map(newest))
}

function newest(path) {
  const stats = statSync(path)
  if (!stats.isDirectory()) return stats.mtimeMs
  return Math.max(stats.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))))
}
