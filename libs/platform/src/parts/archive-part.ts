import { ENTRY_LIMITS, lineEncoder, runArchive, type ArchivedEvent } from '@tidewater/engine-archive'
import type { ArchivePorts, EntryLimits, RunningArchive } from '@tidewater/engine-archive'
import { compileDecoder, isRejected, sentenceOfRejection } from '@tidewater/engine-ingest'
import { identityOf } from '@tidewater/rows'
import type { Catalog } from 'tidewater'
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

/** Every event of the catalog with the judgement the door and the speed layer use. */
export const archivedEvents = (catalog: Catalog): readonly ArchivedEvent[] =>
  [...catalog.events.values()].map((event) => {
    const decode = compileDecoder(event)
    const identity = identityOf(event)
    return {
      event,
      line: lineEncoder(event),
      judge: (record, place) => {
        const judged = decode(record.value, record.appendedAt)
        return isRejected(judged)
          ? { kind: 'dead', reason: sentenceOfRejection(judged) }
          : { kind: 'row', row: judged, id: identity(record, judged, place) }
      },
    }
  })
