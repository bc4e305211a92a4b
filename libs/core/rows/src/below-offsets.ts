/** Exclusive end offset by partition of one topic. A partition that is not named ends at 0: nothing of it is below (semantics C1). */
export type Ends = ReadonlyMap<number, number>

/** One topic's part of a generation's cut, or of an answer's offsets. */
export const endsOf = (
  topic: string,
  vector: readonly { readonly topic: string; readonly partition: number; readonly next: number }[],
): Ends =>
  new Map(vector.filter((end) => end.topic === topic).map(({ partition, next }) => [partition, next]))

export const endsOfCuts = (
  topic: string,
  cuts: readonly { readonly topic: string; readonly partition: number; readonly cut: number }[],
): Ends =>
  endsOf(
    topic,
    cuts.map(({ cut, ...place }) => ({ ...place, next: cut })),
  )

/** Which of the two sides of the seam a record is on (L3): below the ends, or not. */
export const isBelow = (ends: Ends, partition: number, offset: number): boolean =>
  offset < (ends.get(partition) ?? 0)

/** The same of a raw row. By partition, so that an engine whose rows are sorted by both skips what it need not read. */
export const isBelowSql = (ends: Ends): string =>
  anyOf([...ends].map(([partition, end]) => `(_partition = ${partition} AND _offset < ${end})`))

export const isBeyondSql = (ends: Ends): string =>
  ends.size === 0
    ? 'true'
    : anyOf([
        ...[...ends].map(([partition, end]) => `(_partition = ${partition} AND _offset >= ${end})`),
        `_partition NOT IN (${[...ends.keys()].join(', ')})`,
      ])

const anyOf = (conditions: readonly string[]): string =>
  conditions.length === 0 ? 'false' : `(${conditions.join(' OR ')})`
