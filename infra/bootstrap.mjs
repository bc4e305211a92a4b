// Everything begins here, on whatever Node ≥ 20 is around: prepares the machine, then hands over to Node 24.
import { spawn } from 'node:child_process'
import { delimiter, join } from 'node:path'
import { prepareConsole } from './setup/console.mjs'
import { whenOrphaned } from './setup/orphan.mjs'
import { preparePackages, root } from './setup/packages.mjs'
import { giveUp } from './setup/steps.mjs'
import { neededFor, prepareSystem } from './setup/system.mjs'

const programs = {
  start: ['apps/cli/src/main.ts', 'start'],
  test: ['infra/tools/run-tests.ts'],
  e2e: ['test/console/run.ts'],
  lint: ['infra/tools/run-tests.ts', 'format', 'lint', 'types'],
  bench: ['test/bench/run.ts'],
  simulate: ['test/simulation/run.ts'],
  parity: ['test/parity/run.ts'],
  mutate: ['test/mutate/run.ts'],
  evaluate: ['test/evaluate/run.ts'],
}

const [command = '', ...args] = process.argv.slice(2)
const program = programs[command]
if (program === undefined) giveUp(`node infra/bootstrap.mjs ${Object.keys(programs).join('|')} …`, 64)
const major = Number(process.versions.node.split('.')[0])
if (major < 20) giveUp(`Node 20 or newer is needed, this is ${process.version}.`)

const started = Date.now()
await prepareSystem(neededFor(command, args))
const node = await preparePackages().catch((error) => giveUp(error.message))
if (['start', 'test', 'e2e'].includes(command)) await prepareConsole(node)
const [file, ...first] = program
run(node, [join(root, file), ...first, ...args])

/** Runs the program in our place: same terminal, same signals, same exit code. */
function run(node, argv) {
  const child = spawn(node, argv, {
    stdio: 'inherit',
    env: {
      ...process.env,
      PATH: `${join(root, 'node_modules', '.bin')}${delimiter}${process.env.PATH}`,
      TIDEWATER_PARENT: String(process.pid),
      TIDEWATER_STARTED: String(started),
    },
  })
  // Ctrl-C reaches the child by itself: a terminal signals the whole group.
  process.on('SIGINT', () => undefined)
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill('SIGTERM'))
  whenOrphaned(() => child.kill('SIGTERM'))
  child.on('exit', (code, signal) =>
    process.exit(signal === null ? (code ?? 1) : 128 + (signal === 'SIGINT' ? 2 : 15)),
  )
}
