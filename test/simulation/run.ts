/** `npm run simulate [-- --seeds N --seed S --duckdb N --redis N --plant NAME]`: the whole platform under random schedules of everything at once. */
import { spawnSync } from 'node:child_process'
import { parseArgs } from 'node:util'
import { runCampaign } from './campaign.ts'
import { PLANTS, type Plant } from './plants.ts'

const { values } = parseArgs({
  options: {
    seeds: { type: 'string' },
    seed: { type: 'string' },
    duckdb: { type: 'string' },
    redis: { type: 'string' },
    plant: { type: 'string' },
    help: { type: 'boolean' },
  },
})

const usage = `npm run simulate [-- --seeds N --seed S --duckdb N --redis N --plant NAME]
  --seeds N   schedules to run (1000; 1 when --seed is given)
  --seed S    the first one: a failing one is repeated exactly by it
  --duckdb N  how many of them, the first ones, on real files and DuckDB (1 of 100; 0 when --seed is given)
  --redis N   how many of them, the first ones, on a real Redis (1 of 25; 0 when --seed is given)
  --plant P   switch one rule off; it must be found:
${Object.entries(PLANTS)
  .map(([name, doc]) => `              ${name.padEnd(8)} ${doc}`)
  .join('\n')}`

const whole = (name: 'seeds' | 'seed' | 'duckdb' | 'redis', fallback: number): number => {
  const value = values[name] === undefined ? fallback : Number(values[name])
  if (Number.isSafeInteger(value) && value >= 0) return value
  console.error(`--${name} must be a whole number\n\n${usage}`)
  process.exit(64)
}
const plantOf = (name: string | undefined): Plant | null => {
  if (name === undefined) return null
  if (name in PLANTS) return name as Plant
  console.error(`there is no plant '${name}'\n\n${usage}`)
  process.exit(64)
}

if (values.help === true) {
  console.log(usage)
  process.exit(0)
}
const plant = plantOf(values.plant)
const seeds = whole('seeds', values.seed === undefined ? 1_000 : 1)
const first = whole('seed', 1)
const share = (of: number): number =>
  values.seed === undefined && plant === null ? Math.floor(seeds / of) : 0
const onRedis = whole('redis', share(25))
const onDuckdb = whole('duckdb', share(100))
/** What was run: a seed repeats itself on the same sources only. A copy outside a repository has no name. */
const described = spawnSync('git', ['describe', '--always', '--dirty'], { encoding: 'utf8' })
const git = described.status === 0 ? described.stdout.trim() : null
const started = performance.now()
const report = await runCampaign({
  seed: first,
  seeds,
  duckdbBelow: first + onDuckdb,
  redisBelow: first + onRedis,
  plant,
  stopAtWrong: plant === null ? 'never' : 'first',
})
const seconds = Math.round((performance.now() - started) / 100) / 10
for (const { seed, wrong } of report.wrong.slice(0, 10)) console.log(`seed ${seed}: ${wrong}`)
console.log(JSON.stringify({ ...report.counts, seeds: report.ran, onDuckdb, onRedis, seconds, git }))
if (plant === null) {
  const again = report.wrong[0]
  console.log(
    again === undefined ? '0 wrong' : `${report.wrong.length} wrong; repeat one with --seed ${again.seed}`,
  )
  process.exit(report.wrong.length === 0 ? 0 : 1)
}
console.log(
  report.wrong.length > 0
    ? `plant '${plant}' found after ${report.ran} seeds`
    : `plant '${plant}' was NOT found in ${report.ran} seeds`,
)
process.exit(report.wrong.length > 0 ? 0 : 1)
