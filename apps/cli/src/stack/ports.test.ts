import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { pathToFileURL } from 'node:url'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { choosePorts, type Ports } from './ports.ts'

const module = pathToFileURL(join(import.meta.dirname, 'ports.ts')).href
const script = `import { choosePorts } from ${JSON.stringify(module)}
console.log(JSON.stringify(await choosePorts({ http: null })))
setInterval(() => undefined, 1_000)`

it('gives platforms that start at the same moment different ports, before any is opened', async () => {
  const children = [1, 2, 3].map(() =>
    spawn(process.execPath, ['--input-type=module-typescript', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    }),
  )
  onTestFinished(() => children.forEach((child) => child.kill('SIGKILL')))
  const chosen = await Promise.all(
    children.map(async ({ stdout }) => {
      const [line] = (await once(stdout, 'data')) as [Buffer]
      return JSON.parse(line.toString()) as Ports
    }),
  )
  const all = chosen.flatMap(({ kafka, redis, clickhouse, http }) => [kafka, redis, clickhouse, http])
  expect(new Set(all).size).toBe(all.length)
  for (const child of children) child.kill('SIGKILL')
  await Promise.all(children.map((child) => once(child, 'exit')))
  // What the dead had claimed is free again, so the next one need not go beyond it.
  const again = await choosePorts({ http: null })
  expect(again.kafka).toBeLessThanOrEqual(Math.max(...chosen.map(({ kafka }) => kafka)))
})
