import type { Message } from 'kafkajs'

/**
 * kafkajs 2.2.4 groups the messages of a request by partition with `messages.reduce`, and copies those of the partition for each of
 * them: of a request of some megabytes most of the time goes there. Its function is bound before it could be replaced, so the list
 * brings a `reduce` that does the same at once; nothing else in kafkajs asks for one. All messages name their partition.
 */
export const groupedAtOnce = (messages: Message[]): Message[] =>
  Object.assign(messages, {
    reduce: (): Readonly<Record<string, readonly Message[]>> =>
      Object.fromEntries<readonly Message[]>(
        [...Map.groupBy(messages, ({ partition }) => partition)].map(([partition, own]) => [
          `${partition}`,
          own,
        ]),
      ),
  })
