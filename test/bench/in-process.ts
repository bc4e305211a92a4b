import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

const execute = promisify(execFile)

/** Runs one of this folder's programs in a process of its own and parses the last line it prints. */
export const inProcess = async <T>(
  program: string,
  args: readonly string[],
  {
    flags = [],
    env = process.env,
  }: { readonly flags?: readonly string[]; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<T> => {
  const { stdout } = await execute(
    process.execPath,
    [...flags, join(import.meta.dirname, program), ...args],
    {
      env,
      timeout: 300_000,
      maxBuffer: 1 << 24,
    },
  )
  const result: T = JSON.parse(stdout.trim().split('\n').at(-1) ?? 'null')
  return result
}
