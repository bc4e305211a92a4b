import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from './files.ts'

export interface CheckResult {
  readonly passed: number
  readonly failed: number
  /** What to show; '' when there is nothing to say. */
  readonly output: string
}

/** The part of vitest's JSON report that is counted. */
interface Report {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly testResults: readonly { readonly status: string; readonly assertionResults: readonly unknown[] }[]
}

/** A command that passes or fails as one; its output is shown when it fails. */
export async function runCommand(command: string, args: readonly string[]): Promise<CheckResult> {
  let output = ''
  const code = await spawned(command, args, 'pipe', (data) => (output += data))
  return code === 0
    ? { passed: 1, failed: 0, output: '' }
    : { passed: 0, failed: 1, output: output.trimEnd() }
}

/** One vitest project, shown as it runs. A file that cannot be loaded counts as failed; a test skipped for want of data says so in its name. */
export async function runVitest(project: string): Promise<CheckResult> {
  const directory = mkdtempSync(join(tmpdir(), 'tidewater-report-'))
  const file = join(directory, 'report.json')
  const args = [
    'run',
    '--project',
    project,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${file}`,
  ]
  const code = await spawned('vitest', args, 'inherit', () => undefined)
  const counted = countReport(file)
  rmSync(directory, { recursive: true, force: true })
  // Vitest also fails for an error outside of tests.
  return {
    passed: counted.passed,
    failed: code !== 0 && counted.failed === 0 ? 1 : counted.failed,
    output: '',
  }
}

function countReport(file: string): { passed: number; failed: number } {
  try {
    const report = JSON.parse(readFileSync(file, 'utf8')) as Report
    const unloaded = report.testResults.filter(
      (suite) => suite.status === 'failed' && suite.assertionResults.length === 0,
    )
    return {
      passed: report.numPassedTests,
      failed: report.numFailedTests + unloaded.length,
    }
  } catch {
    // Whatever keeps the report from being read, the check has not passed.
    return { passed: 0, failed: 1 }
  }
}

function spawned(
  command: string,
  args: readonly string[],
  stdio: 'inherit' | 'pipe',
  hear: (data: string) => void,
): Promise<number> {
  return new Promise((resolve) => {
    const env = { ...process.env, NX_DAEMON: 'false', TEST_SERVERS: 'shared', FORCE_COLOR: '0' }
    const child = spawn(join(root, 'node_modules', '.bin', command), args, {
      cwd: root,
      env,
      stdio: ['ignore', stdio, stdio],
    })
    child.stdout?.on('data', (data: Buffer) => hear(data.toString()))
    child.stderr?.on('data', (data: Buffer) => hear(data.toString()))
    child.on('error', (error) => hear(error.message))
    child.on('close', (code) => resolve(code ?? 1))
  })
}
