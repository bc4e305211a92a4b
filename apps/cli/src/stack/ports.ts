import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PlatformError } from '@tidewater/base'
import { isSystemError } from '@tidewater/runtime'
import { isPortFree, nextFreePort } from '@tidewater/stack'
import { claim } from './claims.ts'

export interface Ports {
  readonly kafka: number
  readonly redis: number
  readonly clickhouse: number
  readonly http: number
}

/** Where a platform likes to be found. */
const preferred: Ports = { kafka: 19_092, redis: 16_379, clickhouse: 18_123, http: 4_000 }

/** The preferred ports, each moved to the next free one when taken. A port asked for by number is never moved. */
export async function choosePorts(asked: { readonly http: number | null }): Promise<Ports> {
  if (asked.http !== null && !(await isPortFree(asked.http))) {
    const owner = portOwner(asked.http) ?? 'another program'
    const cure = 'stop it, or choose another --port'
    throw new PlatformError('UNAVAILABLE', `Port ${asked.http} is taken by ${owner}.`, cure)
  }
  const [kafka, redis, clickhouse, http] = await Promise.all([
    ownPort(preferred.kafka),
    ownPort(preferred.redis),
    ownPort(preferred.clickhouse),
    asked.http ?? ownPort(preferred.http),
  ])
  return { kafka, redis, clickhouse, http }
}

/** The next port that nobody has opened and no other platform is about to open. */
async function ownPort(from: number): Promise<number> {
  for (let port = await nextFreePort(from); ; port = await nextFreePort(port + 1)) {
    if (claimPort(port)) return port
  }
}

/** The ports that are not where one would look for them, for the banner; one that was asked for has not moved. */
export function movedPorts(ports: Ports, asked: { readonly http: number | null }): readonly string[] {
  return (Object.keys(preferred) as (keyof Ports)[])
    .filter((name) => ports[name] !== preferred[name] && !(name === 'http' && asked.http !== null))
    .map((name) => `${name} :${preferred[name]} is taken, uses :${ports[name]}`)
}

const claims = join(tmpdir(), 'tidewater-ports')

/** Keeps other platforms that start at the same moment off a port that is free but not opened yet. */
function claimPort(port: number): boolean {
  try {
    return claim(join(claims, String(port))) === null
  } catch (error) {
    // The folder is another user's: nobody can say.
    if (isSystemError(error, 'EACCES', 'EPERM')) return true
    throw error
  }
}

/** Who listens on a port of this machine, as far as we may see: "node (process 4711)"; null when unknown. */
function portOwner(port: number): string | null {
  return process.platform === 'linux' ? ownerOnLinux(port) : ownerByLsof(port)
}

function ownerOnLinux(port: number): string | null {
  const inodes = new Set(['/proc/net/tcp', '/proc/net/tcp6'].flatMap((table) => listeningInodes(table, port)))
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    if (socketsOf(pid).some((inode) => inodes.has(inode))) {
      return `${readFileSync(`/proc/${pid}/comm`, 'utf8').trim()} (process ${pid})`
    }
  }
  return null
}

/** Socket numbers in state LISTEN (0A) on the port. */
function listeningInodes(table: string, port: number): readonly string[] {
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  return readFileSync(table, 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[1]?.endsWith(wanted) === true && fields[3] === '0A')
    .map((fields) => fields[9] ?? '')
}

function socketsOf(pid: string): readonly string[] {
  const open = ifVisible(() => readdirSync(`/proc/${pid}/fd`)) ?? []
  return open.map((fd) => {
    const target = ifVisible(() => readlinkSync(`/proc/${pid}/fd/${fd}`)) ?? ''
    return /socket:\[(\d+)\]/.exec(target)?.[1] ?? '-'
  })
}

/** Null: it ended in between, or is another user's. */
function ifVisible<T>(look: () => T): T | null {
  try {
    return look()
  } catch (error) {
    if (isSystemError(error, 'ENOENT', 'ESRCH', 'EACCES', 'EPERM')) return null
    throw error
  }
}

function ownerByLsof(port: number): string | null {
  const asked = ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc']
  const { stdout } = spawnSync('lsof', asked, { encoding: 'utf8' })
  const output = stdout ?? ''
  const pid = /^p(\d+)/m.exec(output)?.[1]
  return pid === undefined ? null : `${/^c(.+)/m.exec(output)?.[1] ?? 'a program'} (process ${pid})`
}
