import { compileDecoder, isRejected, sentenceOfRejection } from '@tidewater/engine-ingest'
import type { Judge } from '@tidewater/ports'
import { asLogged, identityOf } from '@tidewater/rows'
import { must } from '@tidewater/base'
import type { Catalog, EventDefinition } from 'tidewater'

/** The judgement of a record in the log that the speed layer uses, as the archive and who retries want it: with the envelope id. */
export const judgeOf = (event: EventDefinition): Judge => {
  const decode = compileDecoder(asLogged(event))
  const identity = identityOf(event)
  return (record, place) => {
    const judged = decode(record.value, record.appendedAt)
    return isRejected(judged)
      ? { kind: 'dead', reason: sentenceOfRejection(judged), why: judged.kind }
      : { kind: 'row', row: judged, id: identity(record, judged, place) }
  }
}

/** By name, compiled when it is first asked for. */
export const judgesOf = ({ events }: Catalog): ((event: string) => Judge) => {
  const compiled = new Map<string, Judge>()
  return (name) => {
    const judge = compiled.get(name) ?? judgeOf(must(events.get(name), `event ${name}`))
    compiled.set(name, judge)
    return judge
  }
}
