/** `npm run mutate [-- NAME … --all --jobs N]`: plausible slips, one at a time; which of the tests finds each? */
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { CHANGES, type Change } from './changes.ts'
import { DETECTORS, detect } from './detectors.ts'
import { openScratch } from './scratch.ts'

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

const judge = async (change: Change, root: string): Promise<void> => {
  const names: string[] = []
  let seconds = 0
  for (const detector of DETECTORS) {
    const verdict = await detect(detector, root, change.file)
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
  const scratch = await openScratch(checkout)
  for (let change = waiting.shift(); change !== undefined; change = waiting.shift()) {
    const takeBack = await scratch.apply(change)
    await judge(change, scratch.root)
    await takeBack()
  }
  await scratch.remove()
}
await Promise.all(Array.from({ length: Number(values.jobs ?? 2) }, work))
const total = [...foundBy].map(([name, count]) => `${name} ${count}`).join(', ')
console.log(`${wanted.length - missed.length} of ${wanted.length} found (${total})`)
if (missed.length > 0) console.log(`not found: ${missed.join(', ')}`)
process.exit(missed.length > 0 ? 1 : 0)
