import { parseArgs } from 'node:util'
import { checkGroup, groupsOf } from './check-case.ts'
import { startEngines } from './engines.ts'
import { NOTHING, PLANTS } from './plants.ts'
import { failureText, rowsText } from './report.ts'

const usage = `npm run parity -- [--cases N] [--from SEED] [--seed SEED] [--plant ${Object.keys(PLANTS).join('|')}]`

const { values } = parseArgs({
  options: {
    cases: { type: 'string' },
    from: { type: 'string' },
    seed: { type: 'string' },
    plant: { type: 'string' },
  },
})
const wholeNumber = (text: string): number => {
  const value = Number(text)
  if (Number.isInteger(value) && value >= 0) return value
  console.error(`'${text}' is no whole number\n${usage}`)
  process.exit(64)
}
const plant = values.plant === undefined ? NOTHING : PLANTS[values.plant]
if (plant === undefined) {
  console.error(`there is no plant '${values.plant}'\n${usage}`)
  process.exit(64)
}
// Other seeds every time, unless asked for: what failed is printed and can be repeated.
const first = wholeNumber(values.seed ?? values.from ?? String(Math.floor(Math.random() * 1_000_000)))
const count = values.seed === undefined ? wholeNumber(values.cases ?? '2000') : 1

const started = performance.now()
const engines = await startEngines()
plant.prepare()
console.log(
  `parity: seeds ${first} to ${first + count - 1}${values.plant === undefined ? '' : `, planted ${values.plant}`}`,
)
let checked = 0
let failed = 0
for (const seeds of groupsOf(first, count)) {
  const failures = await checkGroup(engines, seeds, plant)
  checked += seeds.length
  failed += failures.length
  for (const failure of failures.slice(0, 3)) {
    console.log(failureText(failure))
    if (values.seed !== undefined) console.log(rowsText(failure))
  }
  if (failed > 0) break
  if (checked % 500 < seeds.length) console.log(`${checked} cases equal, ${seconds()} s`)
}
await engines.stop()
const verdict = failed === 0 ? 'JavaScript = DuckDB = ClickHouse' : `${failed} differ`
console.log(`parity: ${checked} cases, seeds ${first} to ${first + checked - 1}: ${verdict}, ${seconds()} s`)
process.exitCode = failed === 0 ? 0 : 1

function seconds(): string {
  return ((performance.now() - started) / 1000).toFixed(1)
}
