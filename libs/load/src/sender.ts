import type { Reason } from '@tidewater/engine-ingest'
import type { BrokenRow, EncodedRow } from './encode-row.ts'
import type { DeadLine, End, IntakeClient } from './intake-client.ts'

const BATCH_ROWS = 2_000
/** Characters; UTF-8 may take three bytes for one, and the door's limit is 10 MB. */
const BATCH_CHARACTERS = 2_000_000
const IN_FLIGHT = 4
const DEAD_BATCH = 200
const EXAMPLES = 3

/** Posts rows in batches, a few at a time, and remembers where each partition ends behind them. */
export interface Sender {
  send(rows: readonly EncodedRow[]): Promise<void>
  keepDead(row: BrokenRow): Promise<void>
  /** Resolves when everything sent has been answered; rejects with the first failure. */
  settled(): Promise<void>
  accepted(): number
  /** Turned away at the door. */
  rejected(): number
  examples(): readonly string[]
  readonly ends: () => readonly End[]
}

export const createSender = (client: IntakeClient, event: string, file: string): Sender => {
  const flying = new Set<Promise<void>>()
  const ends = new Map<string, End>()
  const examples: string[] = []
  const dead: DeadLine[] = []
  let [accepted, rejected] = [0, 0]
  let failure: { readonly error: unknown } | null = null

  const launch = async (work: () => Promise<void>): Promise<void> => {
    while (flying.size >= IN_FLIGHT) await Promise.race(flying)
    if (failure !== null) throw failure.error
    const flight: Promise<void> = work()
      .catch((error: unknown) => {
        failure ??= { error }
      })
      .finally(() => flying.delete(flight))
    flying.add(flight)
  }
  const keepDead = (line: DeadLine): Promise<void> => {
    if (examples.length < EXAMPLES) examples.push(`line ${line.line}: ${line.reason}`)
    dead.push(line)
    return dead.length >= DEAD_BATCH ? postDead() : Promise.resolve()
  }
  const postDead = async (): Promise<void> => {
    const lines = dead.splice(0)
    if (lines.length > 0) await client.postDead(event, lines)
  }
  const post = async (rows: readonly EncodedRow[]): Promise<void> => {
    const answer = await client.post(
      event,
      rows.map(({ json }) => json),
    )
    accepted += answer.accepted
    rejected += answer.rejected.length
    for (const end of answer.offsets ?? []) {
      const place = `${end.topic}/${end.partition}`
      if (end.next > (ends.get(place)?.next ?? 0)) ends.set(place, end)
    }
    for (const { index, reasons } of answer.rejected) {
      const row = rows[index]
      if (row !== undefined)
        await keepDead({ reason: sentence(reasons), file, line: row.line, text: row.text() })
    }
  }
  return {
    send: async (rows) => {
      for (const batch of batchesOf(rows)) await launch(() => post(batch))
    },
    keepDead: ({ reason, line, text }) => keepDead({ reason, file, line, text: text() }),
    settled: async () => {
      while (flying.size > 0) await Promise.race(flying)
      if (failure !== null) throw failure.error
      await postDead()
    },
    accepted: () => accepted,
    rejected: () => rejected,
    examples: () => examples,
    ends: () => [...ends.values()],
  }
}

const sentence = (reasons: readonly Reason[]): string =>
  reasons.map(({ field, message }) => (field === null ? message : `${field}: ${message}`)).join('; ')

function* batchesOf(rows: readonly EncodedRow[]): Generator<readonly EncodedRow[]> {
  let batch: EncodedRow[] = []
  let size = 0
  for (const row of rows) {
    if (batch.length >= BATCH_ROWS || size + row.json.length > BATCH_CHARACTERS) {
      yield batch
      batch = []
      size = 0
    }
    batch.push(row)
    size += row.json.length
  }
  if (batch.length > 0) yield batch
}
