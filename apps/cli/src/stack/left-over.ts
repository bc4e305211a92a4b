import { setTimeout as sleep } from 'node:timers/promises'
import { processStart } from './process-start.ts'
import { type RunFile, type RunningProcess } from './run-file.ts'

/** Whether the platform that wrote the run file is still supervised. */
export function isRunning(run: RunFile): boolean {
  return processStart(run.pid) === run.started
}

/** Stops what an earlier, killed supervisor left running; answers the names of what was stopped. */
export async function stopLeftOver(run: RunFile): Promise<readonly string[]> {
  const alive = (): readonly RunningProcess[] =>
    run.processes.filter(({ pid, started }) => processStart(pid) === started)
  const found = alive()
  for (const { pid } of found) signal(pid, 'SIGTERM')
  const deadline = performance.now() + 8_000
  while (alive().length > 0 && performance.now() < deadline) await sleep(50)
  for (const { pid } of alive()) signal(pid, 'SIGKILL')
  while (alive().length > 0) await sleep(50)
  return found.map(({ name }) => name)
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch {
    // It ended in between.
  }
}
