import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
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
