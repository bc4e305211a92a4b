import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline/promises'
import { root } from './packages.mjs'
import { giveUp, quietly, step } from './steps.mjs'

/** What the local servers need from the system: how to see it, how to get it, how to do without. */
const needs = {
  java: {
    present: () => javaVersion() >= 17,
    apt: 'default-jre-headless',
    sentence: () =>
      `Java 17+ ${javaVersion() > 0 ? `is needed, found ${javaVersion()}` : 'not found'} (Kafka needs it): brew install openjdk@17 · apt install default-jre-headless · or set KAFKA_BROKERS`,
  },
  maven: {
    present: () => kafkaJarsArePresent() || runs('mvn', ['-v']),
    apt: 'maven',
    sentence: () =>
      'Maven not found (it fetches the Kafka broker once): brew install maven · apt install maven · or set KAFKA_BROKERS',
  },
  redis: {
    present: () => runs(process.env.REDIS_SERVER ?? 'redis-server', ['--version']),
    apt: 'redis-server',
    sentence: () =>
      'Redis not found (it keeps the live state): brew install redis · apt install redis-server · or set REDIS_URL',
  },
  // The console's tests alone want it, and say so themselves where it is not.
  chromium: {
    present: () =>
      ['chromium', 'chromium-browser', 'google-chrome'].some((name) => runs(name, ['--version'])),
    apt: 'chromium',
    sentence: () => null,
  },
}

/** Which of them a command needs, given what is handed in by URL. */
export function neededFor(command, args, env = process.env) {
  if (command === 'start' && args.includes('--memory')) return []
  if (['lint', 'parity', 'evaluate', 'mutate'].includes(command)) return []
  if (command === 'e2e') return ['chromium']
  if (command === 'simulate') return ['redis']
  const own = command === 'start' ? env : {}
  return [
    ...(own.KAFKA_BROKERS ? [] : ['java', 'maven']),
    ...(own.REDIS_URL ? [] : ['redis']),
    ...(command === 'test' && (args.length === 0 || args.includes('whole')) ? ['chromium'] : []),
  ]
}

/** Installs what is missing where that is ours to do; otherwise ends with one sentence per missing thing. */
export async function prepareSystem(names) {
  if (process.platform === 'win32') giveUp('Kafka and Redis do not run on Windows itself: use WSL2.')
  const missing = names.filter((name) => !needs[name].present())
  if (missing.length === 0) return
  if (await mayUseApt(missing)) await installWithApt(missing)
  const still = missing.filter((name) => needs[name].sentence() !== null && !needs[name].present())
  if (still.length === 0) return
  const docker = runs('docker', ['compose', 'version'])
    ? '\nOr with Docker: docker compose -f infra/compose/compose.yaml up'
    : ''
  const memory = '\nOr without any of them: npm start -- --memory'
  giveUp(still.map((name) => needs[name].sentence()).join('\n') + docker + memory)
}

async function mayUseApt(missing) {
  if (process.getuid?.() !== 0 || !runs('apt-get', ['--version'])) return false
  if (process.env.CI || !process.stdin.isTTY) return true
  const prompt = createInterface({ input: process.stdin, output: process.stderr })
  const answer = await prompt.question(
    `Install ${missing.map((name) => needs[name].apt).join(', ')} with apt? [y/N] `,
  )
  prompt.close()
  return /^y(es)?$/i.test(answer.trim())
}

async function installWithApt(missing) {
  const packages = missing.map((name) => needs[name].apt)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const install = async () => {
    const args = ['install', '-y', '--no-install-recommends', ...packages]
    await quietly('apt-get', args, { env }).catch(async () => {
      await quietly('apt-get', ['update'], { env })
      await quietly('apt-get', args, { env })
    })
  }
  await step(`apt install ${packages.join(' ')}`, install).catch((error) =>
    process.stderr.write(`${error.message}\n`),
  )
}

function kafkaJarsArePresent() {
  const lib = join(root, 'infra', 'stack', 'kafka', 'lib')
  return existsSync(lib) && readdirSync(lib).some((name) => !name.startsWith('.'))
}

/** Major version of the Java that would be used; 0 when there is none. */
function javaVersion() {
  const home = process.env.JAVA_HOME
  const java = home && existsSync(join(home, 'bin', 'java')) ? join(home, 'bin', 'java') : 'java'
  const { stderr, status } = spawnSync(java, ['-version'], { encoding: 'utf8' })
  return status === 0 ? Number(/version "(\d+)/.exec(stderr)?.[1] ?? 0) : 0
}

function runs(command, args) {
  try {
    execFileSync(command, args, { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
