import type { Catalog, EventDefinition } from './definition.ts'
import { sidesLog } from './join-sides.ts'
import { resultsLog } from './made-log.ts'
import { mistake } from './mistake.ts'
import { isSent, logOf } from './sent-stream.ts'

type Makers = Pick<Catalog, 'streams' | 'joins' | 'patterns' | 'sources'>

/**
 * What has a log of its own is an event too: a stream with a key, a join with its sides, a pattern. What they are from comes first,
 * whatever the order of the files.
 */
export const addLogs = (events: Map<string, EventDefinition>, catalog: Makers): void => {
  const found = (name: string, above: readonly string[]): EventDefinition | undefined => {
    if (above.includes(name))
      throw mistake(
        `${name} is made of itself: ${[...above, name].join(' from ')}`,
        'let one of them be from an event',
        name,
      )
    if (!events.has(name)) add(name, [...above, name])
    return events.get(name)
  }
  const add = (name: string, above: readonly string[]): void => {
    const stream = catalog.streams.get(name)
    if (stream !== undefined && isSent(stream)) {
      const event = found(stream.from, above)
      if (event !== undefined) events.set(name, logOf(stream, event))
    }
    const pattern = catalog.patterns.get(name)
    if (pattern !== undefined) {
      const event = found(pattern.from, above)
      if (event !== undefined) events.set(name, resultsLog(pattern, event))
    }
    const join = catalog.joins.get(name)
    if (join !== undefined) {
      const [left, right] = [found(join.left.from, above), found(join.right.from, above)]
      if (left === undefined || right === undefined) return
      const sides = sidesLog(join, left, right)
      for (const own of [join.from, join.left.name, join.right.name]) reserve(catalog, own, name)
      events.set(join.from, sides)
      events.set(name, resultsLog(join, sides))
    }
  }
  for (const name of [...catalog.streams.keys(), ...catalog.joins.keys(), ...catalog.patterns.keys()])
    found(name, [])
}

const reserve = ({ sources }: Makers, own: string, join: string): void => {
  const source = sources.get(own)
  if (source !== undefined)
    throw mistake(
      `${source}: ${own} is what the join ${join} calls a part of itself`,
      'rename one of them',
      own,
    )
}
