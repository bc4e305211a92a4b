import type { GenerationRecord, TopicPartition } from '@tidewater/ports'
import type { Header } from './header.ts'

/**
 * A key is at home on the partition that murmur2 chooses among the topic's partitions. A record of it elsewhere is a stray: of a
 * foreign producer, or from before the topic grew. Here is decided when a reader may trust the home alone.
 */
export type Homes = Pick<Header, 'partitions' | 'strayed'>

/** Whether a reader that knows of so many partitions finds every applied record of a key at its home. */
export const isHomeEnough = (header: Homes, partitions: number): boolean =>
  !header.strayed && header.partitions === partitions

/**
 * What the first header of a partition may claim. `headers` are those of all partitions of its topic, null where there is none.
 * A worker that owned any of them may have marked this one before it was lost, or applied records under fewer partitions.
 */
export const firstHomes = (
  place: TopicPartition,
  headers: readonly (Header | null)[],
  newest: GenerationRecord | null,
): Homes => {
  const partitions = headers.length
  const touched = headers.some((h) => h !== null && (h.token !== '' || h.partitions !== partitions))
  return { partitions, strayed: touched || strayedBelow(newest, place, partitions) }
}

/** Whether strays of a partition may be among the records below a generation's cuts. */
export const strayedBelow = (
  generation: Pick<GenerationRecord, 'cuts'> | null,
  { topic, partition }: TopicPartition,
  partitions: number,
): boolean => {
  const cuts = generation?.cuts.filter((c) => c.topic === topic) ?? []
  if (cuts.every(({ cut }) => cut === 0)) return false
  return cuts.length !== partitions || (cuts.find((c) => c.partition === partition)?.strayed ?? true)
}
