import type { TopicSpec } from '@tidewater/ports'
import { type EventDefinition, deadTopicOf, topicOf } from 'tidewater'

/** The topics an event needs: its own, and one partition for its dead letters, which are kept four times as long. */
export const eventTopics = (
  events: Iterable<EventDefinition>,
  options: { readonly partitions: number; readonly retentionMs: number },
): readonly TopicSpec[] =>
  [...events].flatMap(({ name }) => [
    { topic: topicOf(name), partitions: options.partitions, retentionMs: options.retentionMs },
    {
      topic: deadTopicOf(name),
      partitions: 1,
      retentionMs: options.retentionMs < 0 ? -1 : options.retentionMs * 4,
    },
  ])
