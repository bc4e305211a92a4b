import { fork } from 'node:child_process'
import { join } from 'node:path'
import { must } from '@tidewater/base'
import type { SqlEngine } from '@tidewater/ports'
import { openDuckdb } from '../open-duckdb.ts'
import { answerTo, type Script, type ScriptMessage } from './script.ts'

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
    const answers = new Map<string, string>()
    const filled = (sql: string): string =>
      sql.replaceAll(ANSWER, (_, name: string) => must(answers.get(name), `the answer to ${name}`))
    for (const { statement, done } of script.steps) {
      if (typeof statement === 'string') await engine.execute(filled(statement))
      else answers.set(statement.name, await answered(engine, filled(statement.ask)))
      progress(done)
    }
    await engine.execute('CHECKPOINT')
  } finally {
    await engine.close()
  }
}

const ANSWER = new RegExp(answerTo('(\\w+)'), 'g')

const answered = async (engine: SqlEngine, question: string): Promise<string> => {
  const [row] = await engine.query(question)
  return String(Object.values(row ?? {})[0] ?? 'NULL')
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
