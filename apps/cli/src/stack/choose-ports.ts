import { PlatformError } from '@tidewater/base'
import { isPortFree, nextFreePort } from '@tidewater/stack'
import { claimPort } from './claim-port.ts'
import { portOwner } from './port-owner.ts'

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
