import { spawn } from 'node:child_process'
import { delimiter, dirname, join } from 'node:path'

/** One way in which a slip may come to light. */
export interface Detector {
  readonly name: 'unit' | 'simulation' | 'parity'
  /** The command, for a changed file. */
  command(file: string): readonly string[]
  /** Longest run; beyond it something hangs, and that is noticed too. */
  readonly mostMs: number
}

/** A busy machine is no slip. */
const PATIENCE = ['--testTimeout=120000', '--hookTimeout=120000']
const UNIT = ['--run', '--project', 'unit', '--bail', '1', '--reporter=dot', ...PATIENCE]

/** In the order of what they cost: first the tests of the changed room itself, then all that reach it. */
export const DETECTORS: readonly Detector[] = [
  { name: 'unit', command: (file) => ['vitest', dirname(file), ...UNIT], mostMs: 900_000 },
  { name: 'unit', command: (file) => ['vitest', 'related', file, ...UNIT], mostMs: 1_800_000 },
  {
    name: 'simulation',
    command: () => ['node', 'test/simulation/run.ts', '--seeds', '200', '--seed', '1'],
    mostMs: 1_800_000,
  },
  {
    name: 'parity',
    command: () => ['node', 'test/parity/run.ts', '--cases', '300', '--from', '1'],
    mostMs: 1_800_000,
  },
]

export interface Verdict {
  /** It failed: with a slip in the sources that means the slip was found. */
  readonly found: boolean
  readonly seconds: number
}

/** Whether the detector fails in this copy of the sources. */
export const detect = async ({ command, mostMs }: Detector, root: string, file: string): Promise<Verdict> => {
  const started = performance.now()
  const [program = '', ...args] = command(file)
  const programs = join(root, 'node_modules', '.bin')
  const code = await new Promise<number>((resolve, reject) => {
    const child = spawn(join(programs, program), args, {
      cwd: root,
      stdio: 'ignore',
      env: { ...process.env, NO_COLOR: '1', PATH: `${programs}${delimiter}${process.env.PATH}` },
      timeout: mostMs,
      killSignal: 'SIGKILL',
    })
    child.on('error', reject)
    child.on('close', (status) => resolve(status ?? 1))
  })
  return { found: code !== 0, seconds: Math.round((performance.now() - started) / 100) / 10 }
}
