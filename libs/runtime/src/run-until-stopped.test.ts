import { spawn } from 'node:child_process'
import { describe, expect, it } from 'vitest'

const program = (body: string): string => `
  import { createLog, runUntilStopped } from ${JSON.stringify(`${import.meta.dirname}/index.ts`)}
  import { PlatformError } from '@tidewater/base'
  runUntilStopped(createLog('test'), async () => { ${body} })`

async function run(
  body: string,
  signal: NodeJS.Signals | null,
): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', program(body)], {
    cwd: import.meta.dirname,
  })
  let output = ''
  let waits = signal
  child.stdout.on('data', (data: Buffer) => {
    output += data.toString()
    // What the program and what its log print may come as one piece; a second signal would be another question.
    if (waits === null || !output.includes('ready\n')) return
    child.kill(waits)
    waits = null
  })
  child.stderr.on('data', (data: Buffer) => (output += data.toString()))
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  return { code, output }
}

const running = `setInterval(() => {}, 1000); console.log('ready'); return { stop: async () => console.log('left the group') }`

describe('runUntilStopped', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('stops in order on %s and exits with 0', async (signal) => {
    const { code, output } = await run(running, signal)
    expect(output).toContain('left the group')
    expect(code).toBe(0)
  })

  it('exits with 69 and the sentence when the start fails', async () => {
    const { code, output } = await run(
      `throw new PlatformError('UNAVAILABLE', 'Kafka is away.', 'start it')`,
      null,
    )
    expect(output).toContain('Kafka is away. (start it)')
    expect(code).toBe(69)
  })

  it('exits with 69 when what runs ends with an error, and with 70 on a bug', async () => {
    const ends = await run(
      `return { stop: async () => {}, done: Promise.reject(new Error('crashed')) }`,
      null,
    )
    expect(ends).toMatchObject({ code: 69, output: expect.stringContaining('crashed') as string })
    const bug = await run(`setTimeout(() => { throw new TypeError('bug') }, 10); ${running}`, null)
    expect(bug.code).toBe(70)
  })
})
