import {
  type GenerationRecord,
  type StateStore,
  type StoredGroup,
  type TopicPartition,
  type Warehouse,
} from '@tidewater/ports'
import { encodeValue, type LoadedParts } from '@tidewater/seam'
import { encodeKey, type Machine, type SlotRow } from '@tidewater/plan'
import { topicOf } from 'tidewater'

const CHUNK_GROUPS = 500

/** Views whose batch part lives in the store; windowed ones are read from the warehouse (semantics P4). */
export const storedViews = (
  machines: ReadonlyMap<string, Machine>,
  generation: Pick<GenerationRecord, 'fingerprints'>,
): readonly Machine[] =>
  [...machines.values()].filter(
    ({ view, fingerprint }) => view.window === null && generation.fingerprints[view.name] === fingerprint,
  )

/** Loads the batch part of every stored view of one partition, beside the old one, and says how much it was. Loading it again changes nothing. */
export const loadBatchParts = async (
  store: StateStore,
  warehouse: Pick<Warehouse, 'slots'>,
  place: TopicPartition,
  generation: GenerationRecord,
  machines: ReadonlyMap<string, Machine>,
): Promise<LoadedParts> => {
  const parts: { fingerprint: string; groups: number }[] = []
  for (const machine of storedViews(machines, generation)) {
    if (topicOf(machine.view.from) !== place.topic) continue
    let groups: StoredGroup[] = []
    let loaded = 0
    const send = async (): Promise<void> => {
      if (groups.length === 0) return
      loaded += groups.length
      await store.loadBatch(place, generation.id, machine.fingerprint, groups)
      groups = []
    }
    for await (const rows of groupsOf(
      machine,
      warehouse.slots(generation.id, machine.view.name, place.partition),
    )) {
      groups.push(storedGroup(machine, rows, generation.number))
      if (groups.length >= CHUNK_GROUPS) await send()
    }
    await send()
    parts.push({ fingerprint: machine.fingerprint, groups: loaded })
  }
  return parts
}

const storedGroup = (machine: Machine, rows: readonly SlotRow[], number: number): StoredGroup => {
  const state = machine.fromSlots(rows)
  const value = encodeValue(number, (out) => machine.encode(state, out))
  return { bucket: rows[0]?.bucket ?? 0, key: keyText(machine, rows[0] as SlotRow), value }
}

const keyText = (machine: Machine, row: SlotRow): string => encodeKey(row.keys, machine.layout.stateKeys)

/** Rows arrive with those of one group together. */
async function* groupsOf(
  machine: Machine,
  chunks: AsyncIterable<readonly SlotRow[]>,
): AsyncIterable<readonly SlotRow[]> {
  let group: SlotRow[] = []
  let name: string | null = null
  for await (const chunk of chunks)
    for (const row of chunk) {
      const own = `${row.bucket} ${keyText(machine, row)}`
      if (name !== null && own !== name) {
        yield group
        group = []
      }
      name = own
      group.push(row)
    }
  if (group.length > 0) yield group
}
