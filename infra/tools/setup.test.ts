import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import { root } from './files.ts'

/** Runs the front door with a PATH that holds nothing but node and a shell. */
function bootstrapOnBareMachine(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): { code: number | null; said: string } {
  const bin = mkdtempSync(join(tmpdir(), 'tidewater-bare-'))
  symlinkSync(process.execPath, join(bin, 'node'))
  const ended = spawnSync(process.execPath, [join(root, 'infra', 'bootstrap.mjs'), ...args], {
    encoding: 'utf8',
    env: { PATH: bin, HOME: bin, ...env },
  })
  rmSync(bin, { recursive: true })
  return { code: ended.status, said: ended.stderr }
}

/** Whether the packages of a clone count as installed, when it has these links beside what npm says it installed. */
function packagesMatch(links: readonly string[]): string {
  const clone = mkdtempSync(join(tmpdir(), 'tidewater-clone-'))
  cpSync(join(root, 'infra', 'setup'), join(clone, 'infra', 'setup'), { recursive: true })
  const packages = {
    'node_modules/pino': { version: '10.4.0' },
    'node_modules/@tidewater/seam': { resolved: 'libs/engine/seam', link: true },
    'node_modules/@tidewater/platform': { resolved: 'libs/platform', link: true },
  }
  mkdirSync(join(clone, 'node_modules', '@tidewater'), { recursive: true })
  for (const link of links) mkdirSync(join(clone, 'node_modules', link))
  writeFileSync(join(clone, 'package-lock.json'), JSON.stringify({ packages }))
  writeFileSync(join(clone, 'node_modules', '.package-lock.json'), JSON.stringify({ packages }))
  const module = pathToFileURL(join(clone, 'infra', 'setup', 'packages.mjs')).href
  const script = `import { packagesMatchLock } from '${module}'; console.log(packagesMatchLock())`
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' })
  rmSync(clone, { recursive: true })
  return stdout.trim()
}

describe('the packages of a clone', () => {
  it('are installed anew when a newer version of it brings a package of its own', () => {
    expect(packagesMatch(['@tidewater/seam', '@tidewater/platform'])).toBe('true')
    expect(packagesMatch(['@tidewater/seam'])).toBe('false')
  })
})

describe('the front door', () => {
  it('names everything that is missing at once, each with its cure, and ends with 69', () => {
    const { code, said } = bootstrapOnBareMachine(['start'])
    expect(code).toBe(69)
    expect(said).toContain('Java 17+ not found (Kafka needs it)')
    expect(said).toContain('or set KAFKA_BROKERS')
    expect(said).toContain('Redis not found')
    expect(said).toContain('or set REDIS_URL')
    expect(said).toContain('npm start -- --memory')
  })

  it('asks for nothing that a URL stands in for', () => {
    const { said } = bootstrapOnBareMachine(['start'], { KAFKA_BROKERS: 'localhost:1' })
    expect(said).not.toContain('Java')
    expect(said).toContain('Redis not found')
  })

  it('refuses a command it does not know', () => {
    expect(bootstrapOnBareMachine(['strat'])).toMatchObject({ code: 64 })
  })
})
