import type { Tally } from '@tidewater/ports'

/** Nothing is counted below `offset`. */
export const uncounted = (offset: number): Tally => ({
  from: offset,
  applied: 0,
  duplicate: 0,
  dead: 0,
  absent: 0,
})

/** Records a step passed, each counted once as read and once as what it was. */
export interface Passed {
  readonly read: number
  readonly applied: number
  readonly duplicate: number
  readonly dead: number
}

/** The tally behind `offsets` more, of which the log gave `passed.read` records. */
export const tallied = (tally: Tally, offsets: number, passed: Passed): Tally => ({
  from: tally.from,
  applied: tally.applied + passed.applied,
  duplicate: tally.duplicate + passed.duplicate,
  dead: tally.dead + passed.dead,
  absent: tally.absent + offsets - passed.read,
})

/** Where the tally ends; anything but `nextOffset` means that a record was lost from it or counted twice. */
export const endOf = ({ from, applied, duplicate, dead, absent }: Tally): number =>
  from + applied + duplicate + dead + absent
