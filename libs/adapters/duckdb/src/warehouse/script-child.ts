import { runScriptHere } from './run-script.ts'
import type { Script, ScriptMessage } from './script.ts'

// Ends with the process that started it, whatever ended that one.
process.on('disconnect', () => process.exit(1))

const say = (message: ScriptMessage): Promise<void> =>
  new Promise((resolve) => {
    process.send?.(message, undefined, undefined, () => resolve())
  })

process.once('message', (script: Script) => {
  runScriptHere(script, (fraction) => void say({ kind: 'done', fraction }))
    .then(
      () => say({ kind: 'finished' }),
      (error: unknown) =>
        say({ kind: 'failed', message: error instanceof Error ? error.message : String(error) }),
    )
    .finally(() => process.exit(0))
})
