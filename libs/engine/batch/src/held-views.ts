import type { GenerationRecord, TopicPartition } from '@tidewater/ports'
import { sinceOf, type Header } from '@tidewater/seam'
import type { Machine } from '@tidewater/plan'
import { topicOf } from 'tidewater'
import type { Cut } from './take-cut.ts'

/**
 * Views that a generation holds, or may hold, as this worker knows them: its name stands for what it was made of, so whoever makes
 * it again leaves out a view that has another definition now.
 */
export const sharedViews = (
  machines: ReadonlyMap<string, Machine>,
  { fingerprints }: Pick<GenerationRecord, 'fingerprints'>,
): readonly string[] =>
  [...machines].flatMap(([view, { fingerprint }]) =>
    (fingerprints[view] ?? fingerprint) === fingerprint ? [view] : [],
  )

/** View name → fingerprint of the views this cut may hold (C5): those maintained without a break from the cut on, everywhere. */
export const heldViews = (
  machines: ReadonlyMap<string, Machine>,
  places: readonly TopicPartition[],
  headers: readonly (Header | null)[],
  cut: Cut,
): Readonly<Record<string, string>> => {
  const held: Record<string, string> = {}
  for (const [view, machine] of machines) {
    const topic = topicOf(machine.view.from)
    const complete = places.every((place, index) => {
      const header = headers[index]
      if (place.topic !== topic || header === null || header === undefined) return true
      const own = cut.cuts.find((other) => other.topic === place.topic && other.partition === place.partition)
      return sinceOf(header, machine.fingerprint) <= (own?.cut ?? 0)
    })
    if (complete) held[view] = machine.fingerprint
  }
  return held
}
