import type { GenerationCut, Lake } from '@tidewater/ports'

/** The cuts with what each lacks: records below it that retention deleted before they were archived (L9). */
export const withMissed = async (
  lake: Pick<Lake, 'entries'>,
  cuts: readonly GenerationCut[],
): Promise<readonly GenerationCut[]> => {
  const topics = [...new Set(cuts.map(({ topic }) => topic))]
  const entries = (await Promise.all(topics.map((topic) => lake.entries(topic)))).flat()
  return cuts.map((cut) => {
    const missed = entries
      .filter(
        (entry) => entry.topic === cut.topic && entry.partition === cut.partition && entry.from < cut.cut,
      )
      .reduce((sum, entry) => sum + entry.missed, 0)
    return missed === 0 ? cut : { ...cut, missed }
  })
}
