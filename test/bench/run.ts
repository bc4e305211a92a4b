/** `npm run bench [-- NAME …]`: one JSON object per line, each a ratio to a baseline of the same run. */
import { batchRecompute } from './batch-recompute.ts'
import { idle } from './idle.ts'
import { servingView } from './serving-view.ts'
import { speedJoin } from './speed-join.ts'
import { speedLatency } from './speed-latency.ts'
import { speedQuantile, speedThroughput } from './speed-throughput.ts'

const BENCHES: Readonly<Record<string, () => Promise<void>>> = {
  'speed.throughput': speedThroughput,
  'speed.quantile': speedQuantile,
  'speed.join': speedJoin,
  'speed.latency': speedLatency,
  'batch.recompute': batchRecompute,
  'serving.view': servingView,
  idle,
}

const asked = process.argv.slice(2).filter((name) => !name.startsWith('-'))
const unknown = asked.find((name) => !(name in BENCHES))
if (unknown !== undefined || process.argv.includes('--help')) {
  const names = Object.keys(BENCHES).join(', ')
  console.error(
    unknown === undefined
      ? `npm run bench -- [NAME …]\nNames: ${names}`
      : `No bench '${unknown}'. Names: ${names}`,
  )
  process.exit(unknown === undefined ? 0 : 64)
}
for (const [name, bench] of Object.entries(BENCHES)) {
  if (asked.length === 0 || asked.includes(name)) await bench()
}
process.exit(0)
