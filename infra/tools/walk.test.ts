import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { readCalls, type Calls } from './calls.ts'
import { filesBelow, root, rootFile } from './files.ts'

// README lists the walk of one event as "1. [path](path) …" lines: at most ten files, read once each, forward only.
const readme = rootFile('README.md').text
const walk = [...readme.matchAll(/^\s*\d+\.\s+\[?`?([\w./-]+\.ts)\b/gm)].map(([, path]) => path ?? '')
const ROOMS = [
  'libs/core/plan',
  'libs/core/merge',
  'libs/engine',
  'libs/adapters/kafka',
  'libs/adapters/redis',
]
const MOST_CALLS = 3

let calls: Calls
/** How many calls lead from a file to each of those it reaches. */
let reach: ReadonlyMap<string, ReadonlyMap<string, number>>

beforeAll(() => {
  const rooms = filesBelow(ROOMS, '.ts').filter(({ path }) => !/\.test|\/test-|-fixture|-contract/.test(path))
  calls = readCalls([...new Set([...walk, ...rooms.map(({ path }) => path)])])
  reach = new Map(calls.files.map((file) => [file, reachOf(file)]))
}, 120_000)

const reachOf = (file: string): ReadonlyMap<string, number> => {
  const distances = new Map([[file, 0]])
  for (const [reached, distance] of distances) {
    if (distance === MOST_CALLS) break
    for (const called of calls.calledBy(reached))
      if (!distances.has(called)) distances.set(called, distance + 1)
  }
  return distances
}

/** The file from whose calls both are reached (one of the two, when it calls the other); null: nothing joins them. */
const joint = (from: string, to: string): string | null => {
  const joints = [...reach].filter(([, reached]) => reached.has(from) && reached.has(to))
  const calledFrom = ([, reached]: (typeof joints)[number]): number =>
    (reached.get(from) ?? 0) + (reached.get(to) ?? 0)
  return joints.sort((one, other) => calledFrom(one) - calledFrom(other))[0]?.[0] ?? null
}

describe('the walk of one event in README', () => {
  it('begins at the definition and has at most ten files, each once', () => {
    expect(walk[0]).toBe('pipelines/commerce/events.ts')
    expect(walk.length).toBeGreaterThan(5)
    expect(walk.length).toBeLessThanOrEqual(10)
    expect(new Set(walk).size).toBe(walk.length)
  })

  it('names files that exist', () => {
    expect(walk.filter((path) => !existsSync(join(root, path)))).toEqual([])
  })

  it('goes from the definition to where it is taken', () => {
    expect(calls.makesWhatIsTaken(walk[0] ?? '', walk[1] ?? '')).toBe(true)
    expect(calls.makesWhatIsTaken(walk[0] ?? '', walk.at(-1) ?? '')).toBe(false)
  })

  it('is held together by calls: each file calls the next, is called by it, or the two are called from one place', () => {
    const steps = walk.slice(1, -1).map((path, index) => [path, walk[index + 2] ?? ''] as const)
    expect(steps.filter(([from, to]) => joint(from, to) === null)).toEqual([])
    // It is a way, not a knot: what was posted is far from what is answered.
    expect(joint(walk[1] ?? '', walk.at(-1) ?? '')).toBe(null)
  })
})
