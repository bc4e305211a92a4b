import { isPlatformError, sentenceOf } from '@tidewater/base'
import {
  runArchivePart,
  runBatchPart,
  runServingPart,
  runSpeedPart,
  type ServingPart,
} from '@tidewater/platform/parts'
import type { Log } from '@tidewater/runtime'
import type { Host, World } from '@tidewater/testing/simulated'
import type { Counts } from './counts.ts'
import type { Version, Versions } from './definitions.ts'
import { plantedOperator } from './operator-plants.ts'
import type { Plant } from './plants.ts'
import type { Watched } from './watched.ts'

export const ROLES = ['speed', 'archive', 'batch', 'serving'] as const
export type Role = (typeof ROLES)[number]

interface Running {
  stop(): Promise<void>
  readonly done?: Promise<void>
}

/** One place in the deployment; whoever holds it changes. */
export interface Member {
  readonly role: Role
  readonly index: number
  /** What it runs, and what it starts with next. */
  version: Version
  next: Version
  host: Host
  part: Running | null
}

/** The deployed platform: two of each role, started again whenever one ends. */
export interface Crew {
  readonly members: readonly Member[]
  /** Those of a role that are up. */
  up(role: Role): readonly Member[]
  serving(): { readonly member: Member; readonly part: ServingPart } | null
  kill(member: Member): void
  /** Everything, whoever was replaced included. */
  killAll(): void
  freeze(member: Member, ms: number): void
  /** Ends one the polite way, then starts it on a version. */
  restart(member: Member, version: Version): Promise<void>
  /** What it may be deployed with; it began with the first. */
  readonly versions: Versions
}

const RESTART_MS = 1_000
const BATCH_EVERY_MS = 3_000

export const createCrew = (
  world: World,
  watched: Watched,
  versions: Versions,
  plant: Plant | null,
  counts: Counts,
  broken: (why: string) => void,
): Crew => {
  /** Replaced while they slept. */
  let zombies: Host[] = []
  const [first] = versions
  let born = 0
  const crash = (member: Member, host: Host, error: unknown): void => {
    if (member.host !== host || host.process.state === 'dead') return
    if (!isPlatformError(error)) broken(`${host.process.name} broke: ${stackOf(error)}`)
    counts.add('crashes')
    host.kill()
    revive(member)
  }
  const revive = (member: Member): void =>
    void world.time.after(RESTART_MS, () => {
      if (member.host.process.state === 'dead') start(member)
    })
  const start = (member: Member): void => {
    const host = world.process(`${member.role}-${member.index}.${++born}`)
    member.host = host
    member.version = member.next
    member.part = null
    const log = logOf(host, counts, broken)
    run(member.role, member.version, host, watched, plant, log).then(
      (part) => {
        if (member.host !== host) return
        member.part = part
        part.done?.catch((error: unknown) => crash(member, host, error))
      },
      (error: unknown) => crash(member, host, error),
    )
  }
  const members = ROLES.flatMap((role) =>
    [1, 2].map((index): Member => {
      const member: Member = {
        role,
        index,
        version: first,
        next: first,
        host: world.process('none'),
        part: null,
      }
      start(member)
      return member
    }),
  )
  const kill = (member: Member): void => {
    if (member.host.process.state === 'dead') return
    counts.add(`killed_${member.role}`)
    member.host.kill()
    revive(member)
  }
  const up = (role: Role): readonly Member[] =>
    members.filter((m) => m.role === role && m.part !== null && m.host.process.state === 'running')
  return {
    members,
    versions,
    up,
    serving: () => {
      const found = up('serving')
      const member = found.length === 0 ? null : world.random.pick(found)
      return member === null ? null : { member, part: member.part as unknown as ServingPart }
    },
    kill,
    freeze: (member, ms) => {
      if (member.host.process.state !== 'running') return
      counts.add(`frozen_${member.role}`)
      const zombie = member.host
      zombie.freeze(ms)
      if (!world.random.chance(0.5)) return
      // its supervisor gave it up: another takes the place while it sleeps, and it wakes up beside it
      counts.add('zombies')
      start(member)
      zombies.push(zombie)
      world.time.after(ms + 8_000, () => zombie.kill())
    },
    killAll: () => {
      for (const zombie of zombies) zombie.kill()
      zombies = []
      for (const member of members) kill(member)
    },
    restart: async (member, version) => {
      member.next = version
      const { host, part } = member
      if (part !== null && host.process.state === 'running' && world.random.chance(0.7)) {
        counts.add('stopped')
        const late = new Promise<void>((resolve) => world.time.after(10_000, resolve))
        await Promise.race([part.stop().catch(() => undefined), late])
      }
      if (member.host !== host) return
      host.kill()
      start(member)
    },
  }
}

const run = async (
  role: Role,
  version: Version,
  host: Host,
  watched: Watched,
  plant: Plant | null,
  log: Log,
): Promise<Running> => {
  const ports = watched.ports(await host.ports(version))
  const settings = { name: host.process.name, pid: host.pid, catalog: version.catalog, log }
  if (role === 'speed')
    return runSpeedPart(ports, {
      ...settings,
      commitEveryMs: 100,
      planted: plantedOperator(plant, host.process.clock),
      limits: { stepRecords: 3, cacheBytes: 12_000, largeBytes: 64, maxChanges: 30 },
    })
  if (role === 'archive')
    return runArchivePart(ports, { ...settings, archiveEveryMs: 2_000, limits: { rows: 25 } })
  if (role === 'batch') return runBatchPart(ports, { ...settings, batchEveryMs: BATCH_EVERY_MS })
  return runServingPart(ports, settings)
}

/** What a process says: troubles of its world are counted, a broken program is the end of the seed. */
const logOf = (host: Host, counts: Counts, broken: (why: string) => void): Log => {
  const hear =
    (level: string) =>
    (sentence: string, fields?: object): void => {
      const error: unknown = fields !== undefined && 'error' in fields ? fields.error : null
      if (trace)
        console.log(host.process.clock.elapsed(), host.process.name, level, sentence, sentenceOf(error))
      if (level === 'warn' || level === 'error') counts.add('warnings')
      if (error instanceof TypeError || error instanceof ReferenceError || error instanceof RangeError)
        broken(`${host.process.name}: ${sentence}: ${stackOf(error)}`)
    }
  const log: Log = {
    debug: hear('debug'),
    info: hear('info'),
    warn: hear('warn'),
    error: hear('error'),
    with: () => log,
  }
  return log
}

const trace = process.env['SIMULATION_TRACE'] !== undefined

const stackOf = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error)
