import { sentenceOf } from '@tidewater/base'
import { Command } from 'commander'
import { checkCommand } from './commands/check.ts'
import { explainCommand } from './commands/explain.ts'
import { initCommand } from './commands/init.ts'
import { loadCommand } from './commands/load.ts'
import { deadCommand } from './commands/dead.ts'
import { generationCommand } from './commands/generation.ts'
import { queryCommand } from './commands/query.ts'
import { reconcileCommand } from './commands/reconcile.ts'
import { statusCommand } from './commands/status.ts'
import { startCommand } from './commands/start.ts'
import { viewsCommand } from './commands/views.ts'
import { workerCommand } from './commands/worker.ts'

const commands = [
  startCommand,
  statusCommand,
  reconcileCommand,
  queryCommand,
  generationCommand,
  deadCommand,
  loadCommand,
  workerCommand,
  initCommand,
  checkCommand,
  viewsCommand,
  explainCommand,
]

const program = new Command('tidewater')
  .description('Define events, views and features once; run them as a stream, as batch SQL and as GraphQL.')
  .showHelpAfterError()

for (const register of commands) register(program)

try {
  await program.parseAsync()
} catch (error) {
  // A person reads this, so no stack: a sentence says what and the cure. DEBUG shows where.
  console.error(process.env.DEBUG === undefined ? sentenceOf(error) : error)
  process.exit(1)
}
