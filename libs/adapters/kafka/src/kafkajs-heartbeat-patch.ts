import { createRequire } from 'node:module'

/**
 * kafkajs 2.2.4 sends a heartbeat when the wall clock is an interval past the last one. When the machine's clock steps back
 * an hour it sends none for an hour: the broker gives the partitions to another member, and this one, which does not hear of
 * it, goes on reading them. Here the interval is measured by a clock that never steps.
 */
interface ConsumerGroup {
  /** Wall clock of the last heartbeat or join, ms; 0 makes the next heartbeat due. */
  lastRequest: number
  heartbeat(options: { interval: number }): Promise<void>
}

const load = createRequire(import.meta.url)

/** Applied once per process, before the first consumer. */
export const beatSteadily = (): void => {
  const { prototype } = load('kafkajs/src/consumer/consumerGroup') as { prototype: ConsumerGroup }
  const heartbeat = prototype.heartbeat
  const dueAt = new WeakMap<ConsumerGroup, number>()
  prototype.heartbeat = async function (this: ConsumerGroup, options): Promise<void> {
    if (performance.now() < (dueAt.get(this) ?? 0)) return
    this.lastRequest = 0
    await heartbeat.call(this, options)
    dueAt.set(this, performance.now() + options.interval)
  }
}
