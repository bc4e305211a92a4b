import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'
import { expect, it, onTestFinished } from 'vitest'
import { claim } from './claims.ts'

const FILES = 300
const script = (directory: string): string => `
import { join } from 'node:path'
import { claim } from ${JSON.stringify(pathToFileURL(join(import.meta.dirname, 'claims.ts')).href)}
console.log('ready')
process.stdin.once('data', () => {
  const held = []
  for (let n = 0; n < ${FILES}; n++)
    if (claim(join(${JSON.stringify(directory)}, String(n))) === null) held.push(n)
  console.log(JSON.stringify(held))
})`

/** A process that claims all files when it is told to. */
const start = async (directory: string) => {
  const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', script(directory)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  await lines.next()
  return {
    go: () => void child.stdin.write('go\n'),
    held: async () => JSON.parse((await lines.next()).value ?? '[]') as number[],
    kill: async () => {
      child.kill('SIGKILL')
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    },
  }
}

it('of all who find the claim of a dead process one gets it, and keeps it until it ends', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'claims-'))
  const dead = await start(directory)
  dead.go()
  expect((await dead.held()).length).toBe(FILES)
  await dead.kill()
  const processes = await Promise.all(Array.from({ length: 4 }, () => start(directory)))
  for (const process of processes) process.go()
  const held = (await Promise.all(processes.map((process) => process.held()))).flat()
  expect(held.sort((a, b) => a - b)).toEqual(Array.from({ length: FILES }, (_, n) => n))
  expect(claim(join(directory, '0'))).not.toBeNull()
  for (const process of processes) await process.kill()
  expect(claim(join(directory, '0'))).toBeNull()
  await rm(directory, { recursive: true })
})
