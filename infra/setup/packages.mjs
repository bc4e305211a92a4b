import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { giveUp, quietly, step } from './steps.mjs'

export const root = join(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '..', '..')
const wantedNode = 24

/** Installs the packages when they are missing or differ from the lock file; answers the path of Node 24. */
export async function preparePackages() {
  if (!packagesMatchLock()) {
    await step('packages', () =>
      npm(['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund']),
    )
  }
  return (
    (await findNode()) ??
    giveUp(
      `Node ${wantedNode} is needed and the npm package "node" could not bring it: install Node ${wantedNode}.`,
    )
  )
}

/** Whether what npm says it installed is what the lock file names, and every package of our own is linked. */
export function packagesMatchLock() {
  const installed = packagesOf(join(root, 'node_modules', '.package-lock.json'))
  const locked = packagesOf(join(root, 'package-lock.json'))
  if (installed === null || locked === null) return false
  return Object.entries(locked).every(([path, wanted]) => {
    if (path === '' || wanted.optional || !path.includes('node_modules/')) return true
    if (wanted.link) return existsSync(join(root, path))
    return installed[path]?.version === wanted.version
  })
}

function packagesOf(file) {
  if (!existsSync(file)) return null
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages
  } catch {
    return null
  }
}

/** The packaged Node, else the running one when it is new enough. */
async function findNode() {
  const packaged = join(root, 'node_modules', '.bin', 'node')
  if (isNewEnough(packaged)) return packaged
  if (Number(process.versions.node.split('.')[0]) >= wantedNode) return process.execPath
  // Its install script was skipped (npm may be told to ignore scripts): ask for that one alone.
  await step(`Node ${wantedNode}`, () =>
    npm(['rebuild', 'node', '--ignore-scripts=false', '--foreground-scripts']),
  )
  return isNewEnough(packaged) ? packaged : null
}

function isNewEnough(node) {
  try {
    return Number(/^v(\d+)/.exec(execFileSync(node, ['-v'], { encoding: 'utf8' }))?.[1]) >= wantedNode
  } catch {
    return false
  }
}

function npm(args) {
  const path = process.env.npm_execpath
  const command = path !== undefined && /\.c?js$/.test(path) ? [process.execPath, path] : ['npm']
  return quietly(command[0], [...command.slice(1), ...args], { cwd: root, env: cleanEnvironment() })
}

/**
 * `npm start` hands its own run down in the environment (which script, which workspace, whether dev packages count);
 * an install inside it must not take that for its own settings. The cache and where to fetch from stay.
 */
export function cleanEnvironment() {
  const dropped =
    /^(npm_(lifecycle|package|command)|npm_config_(global|prefix|local_prefix|workspaces?|include|omit|production|only|dry_run|ignore_scripts|package_lock|json|save|yes|call|package)|INIT_CWD|NODE_ENV$|NODE_OPTIONS$)/i
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !dropped.test(name)))
}
