import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { freePort } from './free-port.ts'
import { kafkaProperties } from './kafka-config.ts'
import { answersMetadata } from './kafka-health.ts'
import { fetchKafkaJars } from './kafka-jars.ts'
import { startServer, type Server } from './server.ts'

export interface KafkaOptions {
  /** Where its log lives; formatted once, kept between starts. */
  readonly dir: string
  /** Default: a free one. */
  readonly port?: number
  readonly log?: string
}

export interface KafkaServer extends Server {
  /** Distinguishes this data directory from every other broker. */
  readonly clusterId: string
}

const javaFlags = [
  '-Xms96m',
  '-Xmx448m',
  '-XX:+UseSerialGC',
  '-XX:-UsePerfData',
  '-Xshare:auto',
  '-Djava.awt.headless=true',
]

/** A real Kafka broker (KRaft, one node) on 127.0.0.1; `url` is 'host:port'. Needs Java 17+, and Maven the first time. */
export async function startKafka(options: KafkaOptions): Promise<KafkaServer> {
  const jars = await fetchKafkaJars()
  mkdirSync(options.dir, { recursive: true })
  const port = options.port ?? (await freePort())
  const data = join(options.dir, 'data')
  const properties = join(options.dir, 'server.properties')
  writeFileSync(properties, kafkaProperties({ port, controllerPort: await freePort(), data }))
  const java = [...javaFlags, ...logFlags, '-cp', join(jars, '*')]
  const clusterId = await format(java, properties, data)
  const server = await startServer({
    name: 'Kafka',
    command: javaCommand(),
    args: [...java, 'kafka.Kafka', properties],
    log: options.log ?? join(options.dir, 'kafka.log'),
    url: `127.0.0.1:${port}`,
    port,
    healthy: () => answersMetadata(port),
  })
  return { ...server, clusterId }
}

const logFlags = [
  '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn',
  '-Dorg.slf4j.simpleLogger.showDateTime=true',
]

/** JAVA_HOME's java when set, else the one on the path. */
function javaCommand(): string {
  const home = process.env.JAVA_HOME
  return home !== undefined && existsSync(join(home, 'bin', 'java')) ? join(home, 'bin', 'java') : 'java'
}

/** Formats an empty data directory; answers the cluster's id either way. */
async function format(java: readonly string[], properties: string, data: string): Promise<string> {
  const meta = join(data, 'meta.properties')
  if (!existsSync(meta)) {
    const id = randomBytes(16).toString('base64url').replace(/^-/, 'A')
    const args = [
      ...java,
      '-XX:TieredStopAtLevel=1',
      'kafka.tools.StorageTool',
      'format',
      '-t',
      id,
      '-c',
      properties,
    ]
    await promisify(execFile)(javaCommand(), args)
  }
  return /cluster\.id=(.+)/.exec(readFileSync(meta, 'utf8'))?.[1]?.trim() ?? ''
}
