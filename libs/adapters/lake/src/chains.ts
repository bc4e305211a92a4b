import { join } from 'node:path'
import type { FileStore, TopicPartition } from '@tidewater/ports'
import { EMPTY_CHAIN, type Chain } from './chain.ts'
import { caughtUp, manifestOf } from './manifest.ts'

/** The manifest of every partition as far as this process has read it. */
export interface Chains {
  /** Read up to now. */
  of(place: TopicPartition): Promise<Chain>
  set(place: TopicPartition, chain: Chain): void
  partitions(topic: string): Promise<readonly number[]>
}

export const openChains = (root: string, files: FileStore): Chains => {
  const chains = new Map<string, Chain>()
  const keyOf = (place: TopicPartition) => `${place.topic}/${place.partition}`
  return {
    of: async (place) => {
      const chain = await caughtUp(files, manifestOf(root, place), chains.get(keyOf(place)) ?? EMPTY_CHAIN)
      chains.set(keyOf(place), chain)
      return chain
    },
    set: (place, chain) => void chains.set(keyOf(place), chain),
    partitions: async (topic) =>
      (await files.list(join(root, 'manifest', topic)))
        .filter((name) => /^\d+$/.test(name))
        .map(Number)
        .sort((a, b) => a - b),
  }
}
