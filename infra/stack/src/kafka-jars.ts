import { spawn } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { createHash } from 'node:crypto'
import { join } from 'node:path'

const here = join(import.meta.dirname, '..', 'kafka')
const pom = join(here, 'pom.xml')

/** Version of the Kafka broker the pom asks for. */
export const kafkaVersion =
  /<artifactId>kafka_2\.13<\/artifactId>\s*<version>([^<]+)</.exec(readFileSync(pom, 'utf8'))?.[1] ?? '?'

/** Directory of the broker's jars when Maven has fetched them, else null. */
export function kafkaJarsHere(): string | null {
  return existsSync(jarsDirectory()) ? jarsDirectory() : null
}

/**
 * Fetches the broker's jars through Maven into `infra/stack/kafka/lib` unless they are there; answers their directory.
 * `onLine` receives what Maven says. Rejects with its last lines.
 */
export async function fetchKafkaJars(onLine: (line: string) => void = () => undefined): Promise<string> {
  const target = jarsDirectory()
  if (existsSync(target)) return target
  const temporary = join(here, 'lib', `.fetching-${process.pid}`)
  mkdirSync(temporary, { recursive: true })
  copyFileSync(pom, join(temporary, 'pom.xml'))
  const jars = join(temporary, 'jars')
  try {
    await run(
      'mvn',
      [
        '-B',
        '-f',
        join(temporary, 'pom.xml'),
        'dependency:copy-dependencies',
        `-DoutputDirectory=${jars}`,
        '-DincludeScope=runtime',
      ],
      onLine,
    )
    // Two first starts at once: the first rename wins, and both sets are the same.
    if (!existsSync(target)) renameSync(jars, target)
  } finally {
    rmSync(temporary, { recursive: true, force: true })
  }
  return target
}

/** The name carries the pom's hash, so a changed pom fetches anew. */
function jarsDirectory(): string {
  const hash = createHash('sha256').update(readFileSync(pom)).digest('hex').slice(0, 8)
  return join(here, 'lib', `${kafkaVersion}-${hash}`)
}

function run(command: string, args: readonly string[], onLine: (line: string) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    const tail: string[] = []
    const hear = (data: Buffer): void => {
      for (const line of data
        .toString()
        .split('\n')
        .filter((text) => text.trim() !== '')) {
        tail.push(line)
        if (tail.length > 15) tail.shift()
        onLine(line)
      }
    }
    child.stdout.on('data', hear)
    child.stderr.on('data', hear)
    child.on('error', () =>
      reject(
        new Error(
          'Maven (mvn) was not found: it fetches the Kafka broker. Install maven, or set KAFKA_BROKERS.',
        ),
      ),
    )
    child.on('exit', (code) => {
      if (code === 0) resolve()
      else reject(new Error(`Maven could not fetch the Kafka broker (exit ${code}):\n${tail.join('\n')}`))
    })
  })
}
