import { PlatformError } from '@tidewater/base'
import type { LakeEntry, NewLakeEntry } from '@tidewater/ports'
import { topicOf, type EventDefinition } from 'tidewater'
import type { BatchPorts } from './batch-ports.ts'
import { stillStand } from './still-stand.ts'

/** A rewrite of whole, adjoining entries of one partition into one. */
export interface Rewrite {
  readonly entry: NewLakeEntry
  readonly sources: readonly LakeEntry[]
}

/** Entries of one level that are joined into one of the next. */
const FAN_OUT = 16

/** Tells files that have the same columns, by their path below the lake; other ones are never joined. */
export type ColumnsOf = (file: string) => unknown

/**
 * What to rewrite in one partition below the cut (semantics A1): the archivers' new entries become one, and sixteen of a
 * level become one of the next, so that a partition of any age has few files and each row is rewritten a few times only.
 * Only files with the same columns are joined, so that no value is ever converted: where the columns change, what stands
 * before is closed and moves up as it is.
 */
export const nextRewrite = (
  tiles: readonly LakeEntry[],
  cut: number,
  columnsOf: ColumnsOf,
): Rewrite | null => {
  const top = Math.max(0, ...tiles.map((tile) => tile.level))
  for (let level = 0; level <= top; level++) {
    const own = tiles.filter((tile) => tile.level === level && (level > 0 || tile.next <= cut))
    const run = firstRun(own, columnsOf)
    const closed = run.length < own.length
    if (closed || run.length >= (level === 0 ? 2 : FAN_OUT)) return rewriteOf(run, level + 1)
  }
  return null
}

/** Entries from the front whose files have the same columns. */
const firstRun = (tiles: readonly LakeEntry[], columnsOf: ColumnsOf): readonly LakeEntry[] => {
  const kinds = tiles.map(({ file }) => (file === null ? null : columnsOf(file)))
  const first = kinds.find((kind) => kind !== null)
  const end = kinds.findIndex((kind) => kind !== null && kind !== first)
  return end < 0 ? tiles : tiles.slice(0, end)
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
  const { lake } = ports
  const topic = topicOf(event.name)
  let rewritten = 0
  const partitions = new Set((await lake.entries(topic)).map((entry) => entry.partition))
  for (const partition of partitions)
    for (;;) {
      const tiles = (await lake.entries(topic)).filter((entry) => entry.partition === partition)
      const outcome = await joinNext(ports, tiles, cutOf(partition)).catch(async (error: unknown) => {
        if (await stillStand(lake, [topic], filesOf(tiles))) throw error
        return 'lost' as const
      })
      if (outcome !== 'added') break
      rewritten++
    }
  return rewritten
}

const joinNext = async (
  ports: Pick<BatchPorts, 'lake' | 'writer'>,
  tiles: readonly LakeEntry[],
  cut: number,
): Promise<'added' | 'lost' | 'nothing'> => {
  const rewrite = nextRewrite(tiles, cut, await columnsIn(ports, tiles))
  return rewrite === null ? 'nothing' : rewriteEntries(ports, rewrite)
}

const columnsIn = async (
  { lake, writer }: Pick<BatchPorts, 'lake' | 'writer'>,
  tiles: readonly LakeEntry[],
): Promise<ColumnsOf> => {
  const paths = filesOf(tiles).map((file) => lake.path(file))
  const kinds = new Map((await writer.alike(paths)).flatMap((same, n) => same.map((path) => [path, n])))
  return (file) => kinds.get(lake.path(file))
}

const filesOf = (entries: readonly LakeEntry[]): readonly string[] =>
  entries.flatMap(({ file }) => (file === null ? [] : [file]))

const rewriteEntries = async (
  { lake, writer }: Pick<BatchPorts, 'lake' | 'writer'>,
  { entry, sources }: Rewrite,
): Promise<'added' | 'lost'> => {
  const files = filesOf(sources).map((file) => lake.path(file))
  for (const source of sources) if (!(await lake.intact(source))) throw damaged(lake.path(source.file ?? ''))
  if (files.length === 0) return lake.add(entry, null)
  const file = lake.temporary()
  const rows = await writer.rewrite(files, file)
  if (rows !== entry.rows) throw damaged(files.join(', '))
  return lake.add(entry, file)
}

const damaged = (file: string): PlatformError =>
  new PlatformError(
    'UNAVAILABLE',
    `the archive's file ${file} is not what was written`,
    'restore it from a backup, or delete its manifest entry and those behind it to archive them again from the log',
  )
