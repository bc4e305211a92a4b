#!/usr/bin/env node
// Runs on whatever Node ≥ 20 is around and hands over to the Node 24 of this clone.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..')
const main = join(root, 'apps', 'cli', 'src', 'main.ts')
const packaged = join(root, 'node_modules', '.bin', 'node')
const isNewEnough = Number(process.versions.node.split('.')[0]) >= 24

if (!existsSync(join(root, 'node_modules', 'commander')) || (!existsSync(packaged) && !isNewEnough)) {
  process.stderr.write(`The packages are not installed: npm start (or npm ci) in ${root} does it.\n`)
  process.exit(69)
}
const child = spawn(existsSync(packaged) ? packaged : process.execPath, [main, ...process.argv.slice(2)], {
  stdio: 'inherit',
  env: { ...process.env, TIDEWATER_PARENT: String(process.pid) },
})
process.on('SIGINT', () => undefined)
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill('SIGTERM'))
child.on('exit', (code, signal) =>
  process.exit(signal === null ? (code ?? 1) : 128 + (signal === 'SIGINT' ? 2 : 15)),
)
