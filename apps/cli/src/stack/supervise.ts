import { setTimeout as sleep } from 'node:timers/promises'
import type { Child } from '@tidewater/stack'

/** A child that is started again whenever it ends by itself. */
export interface Supervised {
  readonly name: string
  current(): Child
  stop(): Promise<void>
}

export interface SuperviseOptions {
  readonly name: string
  readonly first: Child
  /** Starts it anew; may reject, then it is tried again. */
  readonly restart: () => Promise<Child>
  /** Told of every end and every new start. */
  readonly onChange: (what: string) => void
}

const backOffMs = { first: 500, most: 10_000, calmAfter: 30_000 } as const

/** Keeps one child running: restarts it after 0.5 s, then ever later up to 10 s; a calm half minute resets that. */
export function supervise(options: SuperviseOptions): Supervised {
  const stopped = new AbortController()
  let child = options.first
  const watch = async (): Promise<void> => {
    let wait: number = backOffMs.first
    let since = performance.now()
    while (!stopped.signal.aborted) {
      const ended = await child.ended
      if (stopped.signal.aborted) return
      if (performance.now() - since > backOffMs.calmAfter) wait = backOffMs.first
      const why = ended.signal ?? `exit ${ended.code}`
      options.onChange(`${options.name} ended (${why}), starts again in ${wait / 1_000} s; see ${child.log}`)
      await sleep(wait, undefined, { signal: stopped.signal }).catch(() => undefined)
      if (stopped.signal.aborted) return
      wait = Math.min(wait * 2, backOffMs.most)
      since = performance.now()
      await again()
    }
  }
  const again = async (): Promise<void> => {
    try {
      const next = await options.restart()
      child = next
      if (stopped.signal.aborted) await next.stop()
      else options.onChange(`${options.name} runs again`)
    } catch (error) {
      options.onChange(error instanceof Error ? error.message : String(error))
    }
  }
  const watching = watch()
  return {
    name: options.name,
    current: () => child,
    stop: async () => {
      stopped.abort()
      await child.stop()
      await watching
    },
  }
}
