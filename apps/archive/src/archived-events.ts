import { lineEncoder, type ArchivedEvent } from '@tidewater/engine-archive'
import { compileDecoder, idOf, isRejected, sentenceOfRejection } from '@tidewater/engine-ingest'
import type { Catalog } from 'tidewater'

/** Every event of the catalog with the judgement the door and the speed layer use. */
export const archivedEvents = (catalog: Catalog): readonly ArchivedEvent[] =>
  [...catalog.events.values()].map((event) => {
    const decode = compileDecoder(event)
    return {
      event,
      line: lineEncoder(event),
      judge: (record, place) => {
        const judged = decode(record.value, record.appendedAt)
        return isRejected(judged)
          ? { kind: 'dead', reason: sentenceOfRejection(judged) }
          : { kind: 'row', row: judged, id: idOf(event, record, judged, place) }
      },
    }
  })
