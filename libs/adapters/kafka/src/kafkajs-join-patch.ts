import { createRequire } from 'node:module'
import { hasEnded } from './process-name.ts'

/**
 * Kafka waits for a dead member until its session ends (10 s, or longer while it rebalances), and whoever joins waits
 * with it. kafkajs can neither keep its membership over a restart nor take members out of a group by its admin. So before
 * it joins, it makes members of processes that have ended on this machine leave. Owners of partitions are fenced by what
 * they write (tokens in headers, the lake's manifest), never by Kafka, so this decides how soon, not whose a record is.
 */
interface Coordinator {
  describeGroups(request: { groupIds: readonly string[] }): Promise<{
    readonly groups: readonly { readonly members: readonly { memberId: string; clientId: string }[] }[]
  }>
  leaveGroup(request: { groupId: string; memberId: string }): Promise<unknown>
}
interface ConsumerGroup {
  readonly groupId: string
  readonly cluster: { findGroupCoordinator(group: { groupId: string }): Promise<Coordinator> }
  joinAndSync(): Promise<unknown>
}

const load = createRequire(import.meta.url)

const removeEnded = async ({ groupId, cluster }: ConsumerGroup): Promise<void> => {
  const coordinator = await cluster.findGroupCoordinator({ groupId })
  const { groups } = await coordinator.describeGroups({ groupIds: [groupId] })
  for (const { memberId, clientId } of groups.flatMap(({ members }) => members))
    if (hasEnded(clientId)) await coordinator.leaveGroup({ groupId, memberId })
}

const isOfKafka = (error: unknown): boolean => error instanceof Error && error.name.startsWith('KafkaJS')

/** Applied once per process, before the first connection. */
export const joinWithoutTheDead = (): void => {
  const group = load('kafkajs/src/consumer/consumerGroup') as { prototype: ConsumerGroup }
  const { joinAndSync } = group.prototype
  group.prototype.joinAndSync = async function (this: ConsumerGroup): Promise<unknown> {
    await removeEnded(this).catch((error: unknown) => {
      // Joining meets the same trouble and knows how to wait; another may also have removed a member first.
      if (!isOfKafka(error)) throw error
    })
    return joinAndSync.call(this)
  }
}
