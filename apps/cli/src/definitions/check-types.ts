import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { repository } from '../stack/run-file.ts'

/** What the type checker says of a directory; null when it has no tsconfig.json and so nothing was checked. */
export interface TypeReport {
  readonly passed: boolean
  readonly output: string
}

export const checkTypes = (directory: string): Promise<TypeReport | null> => {
  const project = join(directory, 'tsconfig.json')
  if (!existsSync(project)) return Promise.resolve(null)
  return new Promise((done, fail) => {
    const tsc = join(repository, 'node_modules', 'typescript', 'bin', 'tsc')
    const child = spawn(process.execPath, [tsc, '--noEmit', '--pretty', 'false', '-p', project], {
      cwd: directory,
    })
    let output = ''
    child.stdout.on('data', (data: Buffer) => (output += data.toString()))
    child.stderr.on('data', (data: Buffer) => (output += data.toString()))
    child.on('error', fail)
    child.on('close', (code) => done({ passed: code === 0, output: output.trimEnd() }))
  })
}
