import { join } from 'node:path'
import type { TopicPartition } from '@tidewater/ports'
import { covered, without } from './chain.ts'
import type { Chains } from './chains.ts'
import type { LakeHost } from './local-host.ts'
import { entryName, manifestOf } from './manifest.ts'

const HOUR_MS = 3_600_000

/** Removes what wider entries cover and files nobody names, unless `inUse`; answers how many. */
export const retirePartition = async (
  root: string,
  host: LakeHost,
  chains: Chains,
  strangers: Strangers,
  place: TopicPartition,
  inUse: (file: string) => boolean,
): Promise<number> => {
  const chain = await chains.of(place)
  const gone = covered(chain).filter((entry) => entry.file === null || !inUse(entry.file))
  for (const entry of gone) {
    await host.files.remove(join(manifestOf(root, place), entryName(entry.level, entry.from)))
    if (entry.file !== null) await host.files.remove(join(root, entry.file))
  }
  const left = without(chain, new Set(gone))
  chains.set(place, left)
  const named = new Set(left.levels.flat().map((entry) => entry.file))
  return (
    gone.length + (await sweepUnnamed(root, host, strangers, place, (file) => named.has(file) || inUse(file)))
  )
}

/** Files without an entry, by path, and when this process first saw them so (`Clock.elapsed`, ms). */
export type Strangers = Map<string, number>

/**
 * Files no manifest entry names: their writer died between the two. One may still get its entry, so it must have been seen for
 * an hour; its own time says nothing, for the clocks of two machines differ and either may step.
 */
const sweepUnnamed = async (
  root: string,
  { files, clock }: LakeHost,
  strangers: Strangers,
  place: TopicPartition,
  isNamed: (file: string) => boolean,
): Promise<number> => {
  const directory = join('data', place.topic, String(place.partition))
  let swept = 0
  for (const name of await files.list(join(root, directory))) {
    const file = join(directory, name)
    if (isNamed(file)) {
      strangers.delete(file)
      continue
    }
    const since = strangers.get(file) ?? clock.elapsed()
    strangers.set(file, since)
    if (clock.elapsed() - since < HOUR_MS) continue
    strangers.delete(file)
    await files.remove(join(root, file))
    swept++
  }
  return swept
}
