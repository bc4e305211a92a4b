/** `npm run evaluate [-- FILE … --label COLUMN]`: how well the default learners foretell files; one JSON object per file. */
import { existsSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { parseArgs } from 'node:util'
import { sentenceOf } from '@tidewater/base'
import { evaluate } from './evaluate.ts'
import { readExamples } from './read-examples.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { label: { type: 'string' }, help: { type: 'boolean' } },
})
const USAGE = [
  'npm run evaluate -- FILE … [--label COLUMN]',
  'Predicts each example of a file (CSV, TSV, JSONL, Parquet, also .gz) before it learns it, and prints',
  '{dataset, metric, value, reference}: AUC of a label of two classes, or what its columns ask for.',
  'The reference is a plain regression on the same examples. Without FILE: those of ../shared/data, if any.',
].join('\n')

const DATA = join(import.meta.dirname, '..', '..', '..', 'shared', 'data')
const FAMILIAR = [
  'phishing_pages',
  'electricity_price',
  'card_fraud',
  'vehicle_claims',
  'ad_clicks',
  'movie_ratings',
]
const beside = (): string[] =>
  existsSync(DATA)
    ? readdirSync(DATA)
        .filter((name) => FAMILIAR.some((begin) => name.startsWith(begin)))
        .map((name) => join(DATA, name))
    : []

const files = positionals.length > 0 ? positionals : beside()
if (values.help === true || files.length === 0) {
  console.error(USAGE)
  process.exit(values.help === true ? 0 : 64)
}
let failed = false
for (const file of files) {
  try {
    const { metric, value, reference } = evaluate(await readExamples(file, values.label ?? null))
    const round = (x: number): number => Number(x.toFixed(4))
    console.log(
      JSON.stringify({ dataset: basename(file), metric, value: round(value), reference: round(reference) }),
    )
  } catch (error) {
    console.error(sentenceOf(error))
    failed = true
  }
}
process.exit(failed ? 1 : 0)
