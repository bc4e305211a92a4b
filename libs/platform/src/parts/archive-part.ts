import { ENTRY_LIMITS, lineEncoder, runArchive, type ArchivedEvent } from '@tidewater/engine-archive'
import type { ArchivePorts, EntryLimits, RunningArchive } from '@tidewater/engine-archive'
import type { Catalog } from 'tidewater'
import { judgeOf } from './judge-of.ts'
import { warnTo, type PartSettings } from './part-settings.ts'

export type ArchivePartPorts = ArchivePorts

export interface ArchivePartSettings extends PartSettings {
  /** Longest time an entry stays open, ms. */
  readonly archiveEveryMs: number
  /** Bounds of an entry other than the product's own. */
  readonly limits?: Partial<EntryLimits>
}

/** Copies the log into the lake, and the lake's entries into the raw tables; dead records into the dead topics. */
export const runArchivePart = (
  ports: ArchivePartPorts,
  { name, pid, catalog, log, archiveEveryMs, limits }: ArchivePartSettings,
): Promise<RunningArchive> =>
  runArchive(ports, {
    ...{ name, pid, events: archivedEvents(catalog), warn: warnTo(log) },
    limits: { ...ENTRY_LIMITS, ms: archiveEveryMs, ...limits },
  })

/** Every event of the catalog with the judgement the speed layer uses. */
export const archivedEvents = (catalog: Catalog): readonly ArchivedEvent[] =>
  [...catalog.events.values()].map((event) => ({ event, line: lineEncoder(event), judge: judgeOf(event) }))
