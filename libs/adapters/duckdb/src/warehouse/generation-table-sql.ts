import { duckdb } from '@tidewater/expr'
import type { GenerationPlan, ReconcileNote } from '@tidewater/ports'

const EARLIER = 100

/** `tidewater_generation`: what this file is made of, and what reconciling found in the generations before it. */
export const generationSql = (plan: GenerationPlan): readonly string[] => {
  const listed = [...plan.earlier.slice(-EARLIER), plan]
  const rows = listed.flatMap(({ number, id, builtAt, cuts }) =>
    cuts.map(({ topic, partition, cut }) =>
      row(number, builtAt, { topic, partition, cut }, plan.notes.get(id)),
    ),
  )
  const table = `CREATE TABLE main.tidewater_generation (generation BIGINT, built_at TIMESTAMP, topic VARCHAR, "partition" INTEGER,
    cut BIGINT, reconciled BIGINT, mismatched BIGINT)`
  return rows.length === 0
    ? [table]
    : [table, `INSERT INTO main.tidewater_generation VALUES ${rows.join(', ')}`]
}

const row = (
  number: number,
  builtAt: number,
  { topic, partition, cut }: GenerationPlan['cuts'][number],
  note: ReconcileNote | undefined,
): string =>
  `(${number}, make_timestamp_ms(${builtAt}), ${duckdb.text(topic)}, ${partition}, ${cut}, ${note?.checked ?? 'NULL'}, ${note?.mismatched ?? 'NULL'})`
