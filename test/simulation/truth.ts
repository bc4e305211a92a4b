import type { OffsetVector } from '@tidewater/ports'
import { counted, type World } from './world.ts'

/** View → group → its measures as text. */
export type Answer = Readonly<Record<string, Readonly<Record<string, string>>>>

interface Totals {
  sales: number
  units: number
  last: {
    readonly at: number
    readonly partition: number
    readonly offset: number
    readonly units: number
  } | null
}

/** The answer at an offset vector, by counting: knows nothing of slices, machines or stores. */
export const truthAt = ({ log }: World, offsets: OffsetVector): Answer => {
  const shops = new Map<string, Totals>()
  const hours = new Map<string, Totals>()
  for (const { partition, next } of offsets) {
    for (const { row, offset } of counted(log[partition] ?? [], next)) {
      const [at, units] = [row['at'] as number, row['units'] as number]
      const bucket = Math.floor(at / 1_800_000) * 1_800_000
      for (const [groups, group] of [
        [shops, `${String(row['shop'])}@0`],
        [hours, `${String(row['shop'])}@${bucket}`],
      ] as const) {
        const t = groups.get(group) ?? { sales: 0, units: 0, last: null }
        groups.set(group, t)
        t.sales++
        t.units += units
        const place = { at, partition, offset, units }
        if (t.last === null || later(place, t.last)) t.last = place
      }
    }
  }
  return {
    ByShop: Object.fromEntries(
      [...shops].sort().map(([k, t]) => [k, `${t.sales} ${t.units} ${t.last?.units}`]),
    ),
    ByHour: Object.fromEntries([...hours].sort().map(([k, t]) => [k, `${t.sales} ${t.units}`])),
  }
}

const later = (a: NonNullable<Totals['last']>, b: NonNullable<Totals['last']>): boolean =>
  a.at !== b.at ? a.at > b.at : a.partition !== b.partition ? a.partition > b.partition : a.offset > b.offset

/** The first group two answers differ in, as a sentence; null: they agree. */
export const difference = (got: Answer, truth: Answer): string | null => {
  for (const view of Object.keys(truth)) {
    const [mine, theirs] = [got[view] ?? {}, truth[view] ?? {}]
    for (const group of new Set([...Object.keys(mine), ...Object.keys(theirs)])) {
      if (mine[group] !== theirs[group])
        return `${view} ${group}: answered ${mine[group] ?? 'nothing'}, true is ${theirs[group] ?? 'nothing'}`
    }
  }
  return null
}
