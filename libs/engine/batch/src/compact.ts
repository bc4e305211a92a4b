import { PlatformError } from '@tidewater/base'
import type { LakeEntry, NewLakeEntry } from '@tidewater/ports'
import { topicOf, type EventDefinition } from 'tidewater'
import type { BatchPorts } from './batch-ports.ts'

/** A rewrite of whole, adjoining entries of one partition into one. */
export interface Rewrite {
  readonly entry: NewLakeEntry
  readonly sources: readonly LakeEntry[]
}

/** Entries of one level that are joined into one of the next. */
const FAN_OUT = 16

/**
 * What to rewrite in one partition below the cut (semantics A1): the archivers' new entries become one, and sixteen of a
 * level become one of the next, so that a partition of any age has few files and each row is rewritten a few times only.
 */
export const nextRewrite = (tiles: readonly LakeEntry[], cut: number): Rewrite | null => {
  const fresh = tiles.filter((tile) => tile.level === 0 && tile.next <= cut)
  if (fresh.length > 1) return rewriteOf(fresh, 1)
  const top = Math.max(0, ...tiles.map((tile) => tile.level))
  for (let level = 1; level <= top; level++) {
    const same = tiles.filter((tile) => tile.level === level)
    if (same.length >= FAN_OUT) return rewriteOf(same, level + 1)
  }
  return null
}

const rewriteOf = (sources: readonly LakeEntry[], level: number): Rewrite | null => {
  const first = sources[0]
  const last = sources.at(-1)
  if (first === undefined || last === undefined) return null
  const times = sources.map((source) => source.maxEventTime).filter((time) => time !== null)
  const sum = (count: 'rows' | 'dead' | 'absent' | 'missed'): number =>
    sources.reduce((total, source) => total + source[count], 0)
  const entry: NewLakeEntry = {
    topic: first.topic,
    partition: first.partition,
    from: first.from,
    next: last.next,
    level,
    rows: sum('rows'),
    dead: sum('dead'),
    absent: sum('absent'),
    missed: sum('missed'),
    lastAppended: last.lastAppended,
    maxEventTime: times.length === 0 ? null : times.reduce((a, b) => Math.max(a, b)),
  }
  return { entry, sources }
}

/** Rewrites what is below the cut until nothing is left to join. A loser of the race leaves the winner's file. */
export const compact = async (
  ports: Pick<BatchPorts, 'lake' | 'writer'>,
  event: EventDefinition,
  cutOf: (partition: number) => number,
): Promise<number> => {
  let rewritten = 0
  const partitions = new Set((await ports.lake.entries(topicOf(event.name))).map((entry) => entry.partition))
  for (const partition of partitions)
    for (;;) {
      const tiles = (await ports.lake.entries(topicOf(event.name))).filter(
        (entry) => entry.partition === partition,
      )
      const rewrite = nextRewrite(tiles, cutOf(partition))
      if (rewrite === null || (await rewriteEntries(ports, event, rewrite)) === 'lost') break
      rewritten++
    }
  return rewritten
}

const rewriteEntries = async (
  { lake, writer }: Pick<BatchPorts, 'lake' | 'writer'>,
  event: EventDefinition,
  { entry, sources }: Rewrite,
): Promise<'added' | 'lost'> => {
  const files = sources.flatMap((source) => (source.file === null ? [] : [lake.path(source.file)]))
  for (const source of sources) if (!(await lake.intact(source))) throw damaged(lake.path(source.file ?? ''))
  if (files.length === 0) return lake.add(entry, null)
  const file = lake.temporary()
  const rows = await writer.rewrite(event, files, file)
  if (rows !== entry.rows) throw damaged(files.join(', '))
  return lake.add(entry, file)
}

const damaged = (file: string): PlatformError =>
  new PlatformError(
    'UNAVAILABLE',
    `the archive's file ${file} is not what was written`,
    'restore it from a backup, or delete its manifest entry and those behind it to archive them again from the log',
  )
