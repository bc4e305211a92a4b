import { totalmem } from 'node:os'
import { join } from 'node:path'
import {
  clickhouseLibrary,
  fetchKafkaJars,
  kafkaJarsHere,
  kafkaVersion,
  startClickhouse,
  startKafka,
  startRedis,
} from '@tidewater/stack'
import type { Child, Server } from '@tidewater/stack'
import type { Ports } from './ports.ts'
import type { Progress } from './terminal.ts'

/** A server of ours, and how to start it again. */
export interface OwnServer {
  readonly name: string
  /** 'Kafka 4.1 :19092' */
  readonly label: string
  readonly url: string
  readonly child: Child
  readonly restart: () => Promise<Child>
}

export interface Servers {
  readonly kafkaBrokers: string
  readonly redisUrl: string
  readonly clickhouseUrl: string | null
  readonly clusterId: string
  readonly own: readonly OwnServer[]
  /** Labels of ours and of those given by URL. */
  readonly labels: readonly string[]
}

export interface ServerPlace {
  readonly dataDir: string
  readonly logDir: string
  readonly ports: Ports
  readonly env: NodeJS.ProcessEnv
  readonly progress: Progress
  /** Told of every process as it starts, so that it can be stopped when another fails. */
  readonly onStart: (server: OwnServer) => void
}

/** Starts Kafka, Redis and ClickHouse side by side, except what the environment names by URL. */
export async function startServers(place: ServerPlace): Promise<Servers> {
  const [kafka, redis, clickhouse] = await Promise.all([
    startOwnKafka(place),
    startOwnRedis(place),
    startOwnClickhouse(place),
  ])
  const { KAFKA_BROKERS = '', REDIS_URL = '', CLICKHOUSE_URL = '' } = place.env
  return {
    kafkaBrokers: kafka?.server.url ?? KAFKA_BROKERS,
    redisUrl: redis?.url ?? REDIS_URL,
    clickhouseUrl: clickhouse?.url ?? (CLICKHOUSE_URL === '' ? null : CLICKHOUSE_URL),
    clusterId: kafka?.clusterId ?? '',
    own: [kafka?.server, redis, clickhouse].filter((server) => server !== undefined && server !== null),
    labels: [
      kafka?.server.label ?? `Kafka at ${KAFKA_BROKERS}`,
      redis?.label ?? `Redis at ${withoutPassword(REDIS_URL)}`,
      clickhouse?.label ??
        (CLICKHOUSE_URL === '' ? 'no ClickHouse' : `ClickHouse at ${withoutPassword(CLICKHOUSE_URL)}`),
    ],
  }
}

async function startOwnKafka(place: ServerPlace): Promise<{ server: OwnServer; clusterId: string } | null> {
  if (place.env.KAFKA_BROKERS) return null
  const version = kafkaVersion.split('.').slice(0, 2).join('.')
  if (kafkaJarsHere() === null) await place.progress.step(`Kafka ${version} jars`, fetchKafkaJars())
  let clusterId = ''
  const start = async (): Promise<Server> => {
    const server = await startKafka({
      dir: join(place.dataDir, 'kafka'),
      port: place.ports.kafka,
      log: join(place.logDir, 'kafka.log'),
    })
    clusterId = server.clusterId
    return server
  }
  const server = await startOwn(place, 'kafka', `Kafka ${version}`, start)
  return { server, clusterId }
}

async function startOwnRedis(place: ServerPlace): Promise<OwnServer | null> {
  if (place.env.REDIS_URL) return null
  const log = join(place.logDir, 'redis.log')
  return startOwn(place, 'redis', 'Redis', () =>
    startRedis({ dir: join(place.dataDir, 'redis'), port: place.ports.redis, log, mostBytes: redisShare() }),
  )
}

/** A quarter of the machine (or of the container): enough beside the other servers, and the streams pause before it is full (semantics P5). */
function redisShare(): number {
  const allowed = process.constrainedMemory()
  return Math.floor(Math.min(totalmem(), allowed === 0 ? Infinity : allowed) / 4)
}

/** Null also where the platform has no package of it: everything but SQL over HTTP works without. */
async function startOwnClickhouse(place: ServerPlace): Promise<OwnServer | null> {
  if (place.env.CLICKHOUSE_URL) return null
  try {
    clickhouseLibrary()
  } catch (error) {
    place.progress.say(`  ! ${error instanceof Error ? error.message : String(error)} Going on without it.`)
    return null
  }
  const log = join(place.logDir, 'clickhouse.log')
  const dir = join(place.dataDir, 'clickhouse')
  return startOwn(place, 'clickhouse', 'ClickHouse', () =>
    startClickhouse({ dir, port: place.ports.clickhouse, log }),
  )
}

async function startOwn(
  place: ServerPlace,
  name: string,
  title: string,
  start: () => Promise<Server>,
): Promise<OwnServer> {
  const server = await place.progress.step(title, start())
  const restart = async (): Promise<Child> => (await start()).child
  const own = { name, label: `${title} :${server.port}`, url: server.url, child: server.child, restart }
  place.onStart(own)
  return own
}

function withoutPassword(url: string): string {
  return url.replace(/(:\/\/)[^@/]*@/, '$1')
}
