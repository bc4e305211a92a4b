import type { Operator, OperatorState } from '@tidewater/plan'
import type { Clock, EventLog } from '@tidewater/ports'
import { ID_HEADER } from '@tidewater/rows'
import { MADE } from './joined-definitions.ts'
import type { Plant } from './plants.ts'

type Step = OperatorState['step']

/** Faults planted into joins and patterns: each goes by something that their log does not say. */
export const plantedOperator =
  (plant: Plant | null, clock: Clock) =>
  (operator: Operator): Operator => {
    if (plant === 'clock')
      return stepping(operator, (step) => (row, at) => step({ ...row, at: clock.now() }, at))
    if (plant === 'early') return stepping(operator, (step) => (row, at) => step({ ...row, origins: 0 }, at))
    return operator
  }

const stepping = (operator: Operator, otherwise: (step: Step) => Step): Operator => ({
  ...operator,
  open: () => {
    const state = operator.open()
    const step = otherwise((row, at) => state.step(row, at))
    return {
      step,
      load: (key, bytes) => state.load(key, bytes),
      changes: () => state.changes(),
      get late() {
        return state.late
      },
      get crowded() {
        return state.crowded
      },
    }
  },
})

/** Sends what was sent before under another id, so that nobody can tell that it is a copy. */
export const plantOutbox = (log: Pick<EventLog, 'append'>): void => {
  const { append } = log
  const known = new Set<string>()
  log.append = (topic, records) => {
    if (!(topic in MADE)) return append(topic, records)
    return append(
      topic,
      records.map((record) => {
        const id = `${topic} ${record.headers[ID_HEADER]}`
        const isAgain = known.has(id)
        known.add(id)
        return isAgain ? { ...record, headers: { [ID_HEADER]: `again ${known.size}` } } : record
      }),
    )
  }
}
