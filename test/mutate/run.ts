/** `npm run mutate [-- NAME … --all --jobs N]`: plausible slips, one at a time; which of the tests finds each? */
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Change } from './change.ts'
import { CHANGES } from './changes.ts'
import { DETECTORS, detect, type Detector } from './detectors.ts'
import { openScratch, type Scratch } from './scratch.ts'

const USAGE = [
  'npm run mutate [-- NAME … --all --jobs N]',
  '  NAME …    only these slips',
  '  --all     asks every detector; otherwise the first that finds a slip is enough',
  '  --jobs N  at a time (2)',
  'Prints a JSON object for each slip: {change, file, foundBy, seconds}. Exit code 1 when one is not found.',
].join('\n')

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { all: { type: 'boolean' }, jobs: { type: 'string' }, help: { type: 'boolean' } },
})
const unknown = positionals.find((name) => !CHANGES.some((change) => change.name === name))
if (values.help === true || unknown !== undefined) {
  console.error(unknown === undefined ? USAGE : `there is no slip '${unknown}'\n\n${USAGE}`)
  process.exit(values.help === true ? 0 : 64)
}

const wanted = CHANGES.filter(({ name }) => positionals.length === 0 || positionals.includes(name))
const checkout = join(import.meta.dirname, '..', '..')
const missed: string[] = []
const foundBy = new Map<string, number>()

/** A detector that fails without a slip finds nothing: it must pass on the sources as they are. */
const soundness = new Map<string, Promise<void>>()
const checkSound = (detector: Detector, root: string, file: string): Promise<void> => {
  const command = detector.command(file).join(' ')
  const known = soundness.get(command)
  if (known !== undefined) return known
  const checked = detect(detector, root, file).then(async ({ found }) => {
    if (found && (await detect(detector, root, file)).found)
      throw new Error(`fails without any slip: ${command}`)
  })
  soundness.set(command, checked)
  return checked
}

const judge = async (change: Change, scratch: Scratch): Promise<void> => {
  const names: string[] = []
  let seconds = 0
  for (const detector of DETECTORS) {
    if (names.includes(detector.name)) continue
    await checkSound(detector, scratch.root, change.file)
    const takeBack = await scratch.apply(change)
    const verdict = await detect(detector, scratch.root, change.file).finally(takeBack)
    seconds += verdict.seconds
    if (verdict.found) names.push(detector.name)
    if (verdict.found && values.all !== true) break
  }
  for (const name of names) foundBy.set(name, (foundBy.get(name) ?? 0) + 1)
  if (names.length === 0) missed.push(change.name)
  console.log(
    JSON.stringify({ change: change.name, file: change.file, foundBy: names, seconds: Math.round(seconds) }),
  )
}

const waiting = [...wanted]
const work = async (): Promise<void> => {
  await using scratch = await openScratch(checkout)
  for (let change = waiting.shift(); change !== undefined; change = waiting.shift())
    await judge(change, scratch)
}
await Promise.all(Array.from({ length: Number(values.jobs ?? 2) }, work))
const total = [...foundBy].map(([name, count]) => `${name} ${count}`).join(', ')
console.log(`${wanted.length - missed.length} of ${wanted.length} found (${total})`)
if (missed.length > 0) console.log(`not found: ${missed.join(', ')}`)
process.exit(missed.length > 0 ? 1 : 0)
