import type { Lake } from '@tidewater/ports'

/** Whether the lake still names all these files of some topics. Where it does not, another worker joined and retired them. */
export const stillStand = async (
  lake: Pick<Lake, 'entries'>,
  topics: readonly string[],
  files: readonly string[],
): Promise<boolean> => {
  const entries = await Promise.all(topics.map((topic) => lake.entries(topic)))
  const named = new Set(entries.flat().map(({ file }) => file))
  return files.every((file) => named.has(file))
}
