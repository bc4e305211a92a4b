import { PlatformError } from '@tidewater/base'
import type { RawTables } from '@tidewater/ports'
import type { EventDefinition } from 'tidewater'
import type { Disk } from './disk.ts'
import type { Process } from './process.ts'
import { copiesIn, rowsOf } from './row-files.ts'

export interface RawRow {
  readonly id: string
  readonly offset: number
  readonly appendedAt: number
  /** As decided when it was loaded: an earlier copy counts instead. */
  readonly dup: boolean
}

/** The raw tables of a SQL server, by 'event partition': they survive every process. */
export type RawRows = Map<string, readonly RawRow[]>

/** Raw tables in memory; an insert is atomic, and one that adds what is there adds nothing. */
export const rowTables = (tables: RawRows, disk: Disk, process: Process): RawTables => {
  const nameOf = (event: EventDefinition, partition: number): string => `${event.name} ${partition}`
  const rowsAt = (name: string): readonly RawRow[] => tables.get(name) ?? []
  const step = <T>(work: () => T): Promise<T> => process.call('resent', async () => work())
  return {
    prepare: () => step(() => undefined),
    loaded: (event, partition) =>
      step(() => {
        const rows = rowsAt(nameOf(event, partition))
        return { rows: rows.length, next: Math.max(0, ...rows.map(({ offset }) => offset + 1)) }
      }),
    count: (event, partition, from, next) =>
      step(
        () => rowsAt(nameOf(event, partition)).filter(({ offset }) => offset >= from && offset < next).length,
      ),
    load: (event, file) =>
      step(() => {
        const name = nameOf(event, file.partition)
        const known = rowsAt(name)
        const added = rowsOf(event, readFile(disk, file.path)).filter(
          ({ offset }) =>
            offset >= file.from && offset < file.next && !known.some((row) => row.offset === offset),
        )
        const { partition } = file
        const isCopy = copiesIn(event)
        for (const row of known) if (row.offset >= file.horizonFrom) isCopy({ ...row, partition })
        const rows = added.map((row): RawRow => {
          const { id, offset, appendedAt } = row
          return { id, offset, appendedAt, dup: isCopy(row) }
        })
        tables.set(name, [...known, ...rows])
      }),
    remove: (event, partition, from, next) =>
      step(() => {
        const name = nameOf(event, partition)
        tables.set(
          name,
          rowsAt(name).filter(({ offset }) => offset < from || offset >= next),
        )
      }),
    close: async () => undefined,
  }
}

/** Rewriting removes files between the look at the manifest and the load. */
const readFile = (disk: Disk, path: string): Uint8Array => {
  if (!disk.has(path))
    throw new PlatformError('UNAVAILABLE', `the archive's file ${path} is there no more`, 'it is in another')
  return disk.read(path)
}
