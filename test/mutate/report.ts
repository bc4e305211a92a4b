import type { Change } from './change.ts'
import { KINDS, type Detector } from './detectors.ts'

/** What came of one slip. */
export interface Judged {
  readonly change: Change
  /** Those that found it, at most one of a kind. */
  readonly by: readonly Detector[]
  readonly seconds: number
}

export const foundLine = ({ change, by, seconds }: Judged): string =>
  by.length === 0
    ? `${change.name}: NOT FOUND, ${seconds} s`
    : `${change.name}: found by ${by.map(({ looks }) => looks).join(', ')}, ${seconds} s`

/** Every slip in the order of the list, and which kind of test found it; then how many each found. */
export const tableOf = (wanted: readonly Change[], judged: readonly Judged[]): string => {
  const width = Math.max(4, ...wanted.map(({ name }) => name.length))
  const rows = wanted.map(({ name }) => {
    const by = judged.find(({ change }) => change.name === name)?.by ?? []
    const kinds = by.map(({ kind }) => kind)
    return `${name.padEnd(width)}  ${kinds.length === 0 ? 'NOT FOUND' : kinds.join(' ')}`
  })
  const total = (kind: Detector['kind']): number =>
    judged.filter(({ by }) => by.some((detector) => detector.kind === kind)).length
  const totals = KINDS.map((kind) => `${kind} ${total(kind)}`).join(', ')
  return ['', `${'slip'.padEnd(width)}  found by`, ...rows, '', totals].join('\n')
}
