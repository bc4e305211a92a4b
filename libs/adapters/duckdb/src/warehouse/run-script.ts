import { fork } from 'node:child_process'
import { join } from 'node:path'
import { openDuckdb } from '../open-duckdb.ts'
import type { Script, ScriptMessage } from './script.ts'

/** Runs a script in this process; the file is checkpointed and closed when it resolves. */
export const runScriptHere = async (script: Script, progress: (fraction: number) => void): Promise<void> => {
  const engine = await openDuckdb({
    path: script.path,
    connections: 1,
    tempDirectory: script.tempDirectory,
    ...(script.threads === null ? {} : { threads: script.threads }),
    ...(script.memoryLimit === null ? {} : { memoryLimit: script.memoryLimit }),
  })
  try {
    for (const { sql, done } of script.steps) {
      await engine.execute(sql)
      progress(done)
    }
    await engine.execute('CHECKPOINT')
  } finally {
    await engine.close()
  }
}

/** Runs a script in a child process: a crash or a full memory ends the child, and no event loop waits for the engine. */
export const runScriptInChild = (script: Script, progress: (fraction: number) => void): Promise<void> =>
  new Promise((resolve, reject) => {
    const child = fork(join(import.meta.dirname, 'script-child.ts'), [], {
      execArgv: [],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    let outcome: ScriptMessage | null = null
    child.on('message', (message: ScriptMessage) => {
      if (message.kind === 'done') progress(message.fraction)
      else outcome = message
    })
    child.on('error', reject)
    child.on('exit', (code, signal) => {
      if (outcome?.kind === 'finished') resolve()
      else
        reject(
          new Error(
            outcome?.kind === 'failed'
              ? outcome.message
              : `the DuckDB process ended (${signal ?? `code ${code}`})`,
          ),
        )
    })
    child.send(script)
  })
