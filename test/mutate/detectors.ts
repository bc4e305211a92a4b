import { spawn } from 'node:child_process'
import { delimiter, dirname, join } from 'node:path'
import type { Change } from './change.ts'

export type Kind = 'unit' | 'simulation' | 'parity'
export const KINDS: readonly Kind[] = ['unit', 'simulation', 'parity']

/** One way in which a slip may come to light. */
export interface Detector {
  readonly kind: Kind
  /** Where it looks, for people. */
  readonly looks: string
  readonly command: readonly string[]
  /** Longest run; beyond it something hangs, and that is noticed too. */
  readonly mostMs: number
}

/** A busy machine is no slip. */
const PATIENCE = ['--testTimeout=120000', '--hookTimeout=120000']
const RUN = ['--run', '--bail', '1', '--reporter=dot', '--passWithNoTests', ...PATIENCE]
const MINUTES = 60_000

/** These test files, of whatever project they are. */
export const named = (files: readonly string[]): Detector => ({
  kind: 'unit',
  looks: files.length === 1 ? (files[0] ?? '') : `${files.length} test files`,
  command: ['vitest', ...files, ...RUN],
  mostMs: (files.length === 1 ? 4 : 15) * MINUTES,
})

const SIMULATION: Detector = {
  kind: 'simulation',
  looks: 'simulation',
  command: ['node', 'test/simulation/run.ts', '--seeds', '200', '--seed', '1'],
  mostMs: 30 * MINUTES,
}

const PARITY: Detector = {
  kind: 'parity',
  looks: 'parity',
  command: ['node', 'test/parity/run.ts', '--cases', '300', '--from', '1'],
  mostMs: 30 * MINUTES,
}

/** In the order of what they cost: the test that is known to fail, those of the changed room, all that reach it. */
export const detectorsOf = ({ file, test }: Pick<Change, 'file' | 'test'>): readonly Detector[] => [
  ...(test === undefined ? [] : [named([test])]),
  {
    kind: 'unit',
    looks: `tests in ${dirname(file)}`,
    command: ['vitest', dirname(file), ...RUN, '--project', 'unit'],
    mostMs: 15 * MINUTES,
  },
  {
    kind: 'unit',
    looks: 'all unit tests that reach it',
    command: ['vitest', 'related', file, ...RUN, '--project', 'unit'],
    mostMs: 30 * MINUTES,
  },
  SIMULATION,
  PARITY,
]

export interface Verdict {
  /** It failed: with a slip in the sources that means the slip was found. */
  readonly found: boolean
  readonly seconds: number
}

/** Whether the detector fails in this copy of the sources. */
export const detect = async ({ command, mostMs }: Detector, root: string): Promise<Verdict> => {
  const started = performance.now()
  const [program = '', ...args] = command
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
