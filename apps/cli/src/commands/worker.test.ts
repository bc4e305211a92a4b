import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import { argumentsOf, mainOf } from '../stack/parts.ts'

it('a worker that is added is run as the stack runs its own, and is the process it said it is', async () => {
  const cli = join(import.meta.dirname, '..', 'main.ts')
  const nowhere = { KAFKA_BROKERS: '127.0.0.1:1', REDIS_URL: 'redis://127.0.0.1:1' }
  const added = spawn(process.execPath, [cli, 'worker', 'speed', '--json'], {
    env: { ...process.env, ...nowhere },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  try {
    const [line] = (await once(added.stdout, 'data')) as [Buffer]
    expect(JSON.parse(line.toString())).toMatchObject({ pid: added.pid })
    const expected = argumentsOf({ name: 'speed', file: mainOf('speed') })
    expect(expected).toContain('--max-semi-space-size=8')
    await vi.waitFor(() => {
      const command = execFileSync('ps', ['-o', 'args=', '-ww', '-p', String(added.pid)], {
        encoding: 'utf8',
      })
      expect(command.trim().split(' ').slice(1)).toEqual(expected)
    }, 10_000)
  } finally {
    added.kill('SIGKILL')
    await once(added, 'exit')
  }
})
