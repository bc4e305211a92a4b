import { setTimeout as sleep } from 'node:timers/promises'
import { lastLines, startChild, type Child, type ChildSpec } from './child.ts'
import { isPortFree } from './free-port.ts'

/** A running server on 127.0.0.1 that answered its health check. */
export interface Server {
  readonly url: string
  readonly port: number
  readonly pid: number
  readonly log: string
  readonly child: Child
  stop(): Promise<void>
}

export interface ServerSpec extends ChildSpec {
  readonly url: string
  readonly port: number
  /** Resolves to true once the server does its work. */
  readonly healthy: () => Promise<boolean>
  /** How long it may take, ms. */
  readonly startWithinMs?: number
}

/** Starts a server and resolves when it is healthy; rejects with the end of its log when it is not. */
export async function startServer(spec: ServerSpec): Promise<Server> {
  // Otherwise a stranger on that port could answer our health check.
  if (!(await isPortFree(spec.port)))
    throw new Error(`${spec.name} cannot start: port ${spec.port} is taken.`)
  const child = startChild(spec)
  const within = spec.startWithinMs ?? 60_000
  const deadline = performance.now() + within
  while (!(await spec.healthy().catch(() => false))) {
    if (!child.isRunning()) throw startFailure(spec, 'ended while starting')
    if (performance.now() > deadline) {
      await child.stop()
      throw startFailure(spec, `did not answer within ${within / 1000} s`)
    }
    await sleep(40)
  }
  return { url: spec.url, port: spec.port, pid: child.pid, log: spec.log, child, stop: () => child.stop() }
}

function startFailure(spec: ServerSpec, what: string): Error {
  return new Error(`${spec.name} ${what}; see ${spec.log}\n${lastLines(spec.log, 12)}`)
}
