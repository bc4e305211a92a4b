/** Window start → key text → value. */
export type Groups = Map<number, Map<string, Uint8Array>>

export interface MemoryPartition {
  header: Uint8Array | null
  /** By fingerprint. */
  readonly speed: Map<string, Groups>
  /** By generation id, then fingerprint. */
  readonly batch: Map<string, Map<string, Groups>>
  /** By hour of append time. */
  readonly seen: Map<number, readonly Uint8Array[]>
}

export const newPartition = (): MemoryPartition => ({
  header: null,
  speed: new Map(),
  batch: new Map(),
  seen: new Map(),
})

const within = <K, V>(map: Map<K, V>, key: K, make: () => V): V => {
  const found = map.get(key)
  if (found !== undefined) return found
  const made = make()
  map.set(key, made)
  return made
}

const newGroup = (): Map<string, Uint8Array> => new Map()
const newGroups = (): Groups => new Map()
const newParts = (): Map<string, Groups> => new Map()

export const groupsOf = (
  held: MemoryPartition,
  fingerprint: string,
  bucket: number,
): Map<string, Uint8Array> => within(within(held.speed, fingerprint, newGroups), bucket, newGroup)

export const batchOf = (
  held: MemoryPartition,
  generation: string,
  fingerprint: string,
  bucket: number,
): Map<string, Uint8Array> =>
  within(within(within(held.batch, generation, newParts), fingerprint, newGroups), bucket, newGroup)

export const removeEmpty = (groups: Groups | undefined): void => {
  for (const [bucket, group] of groups ?? []) if (group.size === 0) groups?.delete(bucket)
}

export const equalBytes = (a: Uint8Array | null, b: Uint8Array | null): boolean => {
  if (a === null || b === null) return a === b
  return a.length === b.length && a.every((byte, i) => byte === b[i])
}
