import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { graphql, REPOSITORY, runFileOf, startPlatform, type Platform } from '../e2e/platform.ts'
import type { Block } from './blocks.ts'
import { matchesJson, matchesText } from './expected.ts'

/** Somebody who follows the pages: types what they say and compares what comes back. */
export interface DocsReader {
  follow(block: Block): Promise<void>
  /** The newest warnings and errors in the logs of the platform's parts. */
  complaints(): Promise<readonly string[]>
  /** The platform as it is now. Throws before a page started one. */
  platform(): Platform
  leave(): Promise<void>
}

/** Answers move: what was just sent may take a moment to be visible. */
const VISIBLE_WITHIN_MS = 20_000

/** The pages speak of a platform with its usual ports and folders; this one has its own beside others. */
interface Names {
  readonly own: (text: string) => string
  readonly usual: (text: string) => string
}

/** `files`: where files stand that the pages name as if they lay in the clone. */
export const createDocsReader = async (files: readonly string[] = []): Promise<DocsReader> => {
  const home = await mkdtemp(join(tmpdir(), 'tidewater-docs-'))
  const dataDir = join(home, 'data')
  const logDir = join(dataDir, 'log')
  let platform: Platform | null = null
  const placed = files.map((file) => [file, basename(file)] as const)
  let names = namesOf([[`${home}/`, '~/']])

  const start = async (args: string): Promise<void> => {
    // Until it is up there is none, and nothing may reach another platform of this machine.
    const before = platform
    platform = null
    await before?.stop()
    const given = names
      .own(args)
      .split(' ')
      .filter((arg) => arg !== '')
    platform = await startPlatform({ dir: dataDir, args: given })
    const { ports, url } = await runFileOf(dataDir)
    names = namesOf([
      ...placed,
      [`${dataDir}/`, '.tidewater/'],
      [`${home}/`, '~/'],
      [new URL(url).host, 'localhost:4000'],
      [`localhost:${ports['clickhouse']}`, 'localhost:18123'],
      [`-p ${ports['redis']}`, '-p 16379'],
    ])
  }
  const shell = async (block: Block): Promise<void> => {
    const { code, out, err } = await typed(names.own(block.text), dataDir, urlOf(platform))
    const said = `${block.text}\nended with ${code} and said\n${out}${err}`
    if ((code !== 0) !== (block.note === 'fails')) throw new Error(said)
    if (block.expected === null) return
    const printed = names.usual(block.note === 'fails' ? out + err : out)
    if (!fits(block.expected, printed)) throw new Error(`${said}\nbut the page shows\n${block.expected.text}`)
  }
  const ask = async (block: Block): Promise<void> => {
    const url = urlOf(platform)
    const deadline = performance.now() + VISIBLE_WITHIN_MS
    for (;;) {
      const answer = await graphql(url, block.text).then(
        (data) => JSON.stringify(data, null, 2),
        (error: unknown) => refusalOfBusy(error),
      )
      if (answer !== TOO_COSTLY && (block.expected === null || fits(block.expected, answer))) return
      if (performance.now() > deadline)
        throw new Error(`answered\n${answer}\nbut the page shows\n${block.expected?.text ?? 'an answer'}`)
      await sleep(200)
    }
  }
  /** A definition file that a command has just written must be as shown; another one is made, and checked. */
  const define = async ({ note, text }: Block): Promise<void> => {
    const file = names.own(note)
    if (existsSync(file)) {
      if ((await readFile(file, 'utf8')).trim() === text.trim()) return
      throw new Error(`${note} holds something else than the page shows`)
    }
    const dir = dirname(file)
    await mkdir(dir, { recursive: true })
    await writeFile(file, `${text}\n`)
    const { code, out, err } = await typed(`npx --no tidewater check ${dir}`, dataDir, '')
    if (code !== 0) throw new Error(out + err)
  }
  return {
    complaints: async () => {
      const files = existsSync(logDir) ? await readdir(logDir) : []
      const logs = await Promise.all(files.map((file) => readFile(join(logDir, file), 'utf8')))
      return logs.flatMap((text) =>
        text
          .split('\n')
          .filter((line) => /"level":[456]0/.test(line))
          .slice(-5),
      )
    },
    platform: () => running(platform),
    follow: (block) => {
      const [, started] = /^npm start(?: -- (.*))?$/.exec(block.text.trim()) ?? [null]
      if (block.language === 'graphql') return ask(block)
      if (block.language === 'ts') return define(block)
      if (block.text.trim().startsWith('npm start')) return start(started ?? '')
      return shell(block)
    },
    leave: async () => {
      await platform?.stop()
      await rm(home, { recursive: true, force: true })
    },
  }
}

const TOO_COSTLY = 'TOO_COSTLY'

/** A list that took too long beside everything else this machine does is asked for again; any other error is thrown. */
const refusalOfBusy = (error: unknown): string => {
  if (error instanceof Error && error.message.includes(TOO_COSTLY)) return TOO_COSTLY
  throw error
}

const fits = ({ language, text }: NonNullable<Block['expected']>, printed: string): boolean =>
  language === 'json' ? matchesJson(JSON.parse(text), JSON.parse(printed)) : matchesText(text, printed)

const namesOf = (pairs: readonly (readonly [own: string, usual: string])[]): Names => ({
  own: (text) => pairs.reduce((result, [own, usual]) => result.replaceAll(usual, own), text),
  usual: (text) => pairs.reduce((result, [own, usual]) => result.replaceAll(own, usual), text),
})

const running = (platform: Platform | null): Platform => {
  if (platform === null) throw new Error('the platform did not start (see the block that starts it)')
  return platform
}

const urlOf = (platform: Platform | null): string => running(platform).url

interface Ended {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** In the clone, as a person would; the data folder says which platform is meant. */
const typed = (command: string, dataDir: string, url: string): Promise<Ended> =>
  new Promise((resolve) => {
    const env = {
      ...process.env,
      DATA_DIR: dataDir,
      TIDEWATER_URL: url,
      npm_config_loglevel: 'error',
      NO_COLOR: '1',
    }
    const child = spawn('bash', ['-euo', 'pipefail', '-c', command], {
      cwd: REPOSITORY,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let out = ''
    let err = ''
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()))
    child.on('close', (code) => resolve({ code, out, err }))
  })
