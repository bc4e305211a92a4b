import { hash128Hex } from '@tidewater/base'
import type { GenerationRecord } from '@tidewater/ports'
import type { BatchOptions } from './batch-ports.ts'

/**
 * number + hash of all that a build is a function of: 'g12-9f3c…'. A worker that dies between building and naming leaves
 * engines that hold the generation whole; the next one comes to the same id and finds it there (C4). Other cuts, files or
 * definitions are another id.
 */
export const generationId = (
  { catalog, machines }: Pick<BatchOptions, 'catalog' | 'machines'>,
  made: Pick<GenerationRecord, 'number' | 'cuts' | 'files' | 'from'>,
): string => {
  const from = {
    ...made,
    cuts: made.cuts.map(({ tally: _, ...cut }) => cut),
    definitions: [catalog.events, catalog.tables, catalog.views].map((definitions) => [...definitions]),
    contents: [...catalog.contents].map(([table, { hash }]) => [table, hash]),
    fingerprints: [...machines].map(([view, { fingerprint }]) => [view, fingerprint]),
  }
  const text = JSON.stringify(from, (_, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value))
  return `g${made.number}-${hash128Hex(text).slice(0, 16)}`
}
