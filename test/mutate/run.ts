/** `npm run mutate [-- NAME … --all --jobs N --json]`: plausible slips, one at a time; which of the tests finds each? */
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Change } from './change.ts'
import { CHANGES } from './changes.ts'
import { detect, detectorsOf, named, type Detector } from './detectors.ts'
import { foundLine, tableOf, type Judged } from './report.ts'
import { openScratch, type Scratch } from './scratch.ts'

const USAGE = `npm run mutate [-- NAME … --all --jobs N --json]
  NAME …    only these slips, or those of a file or folder (libs/engine/seam)
  --all     asks unit tests, simulation and parity; otherwise the first that finds a slip is enough
  --jobs N  at a time (2)
  --json    prints an object for each slip, not lines for people: {change, file, foundBy, by, seconds}
Each slip is made in a copy of the sources. Exit code 1 when one is not found.`

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    all: { type: 'boolean', default: false },
    jobs: { type: 'string', default: '2' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
const isNamed = ({ name, file }: Change, asked: string): boolean => name === asked || file.startsWith(asked)
const unknown = positionals.find((asked) => !CHANGES.some((change) => isNamed(change, asked)))
const jobs = Number(values.jobs)
const misused =
  unknown !== undefined
    ? `there is no slip '${unknown}'`
    : Number.isSafeInteger(jobs) && jobs > 0
      ? null
      : '--jobs must be a whole number'
if (values.help || misused !== null) {
  console.error(misused === null ? USAGE : `${misused}\n\n${USAGE}`)
  process.exit(values.help ? 0 : 64)
}

const wanted = CHANGES.filter(
  (change) => positionals.length === 0 || positionals.some((asked) => isNamed(change, asked)),
)
const checkout = join(import.meta.dirname, '..', '..')
const started = performance.now()
const say = (line: string): void => (values.json ? undefined : console.log(line))

/** A detector that fails without a slip finds nothing: it must pass on the sources as they are. Twice, for it may be the machine. */
const sound = new Map<string, Promise<void>>()
const checkSound = (detector: Detector, root: string): Promise<void> => {
  const command = detector.command.join(' ')
  const known = sound.get(command)
  if (known !== undefined) return known
  const checked = detect(detector, root).then(async ({ found }) => {
    if (found && (await detect(detector, root)).found) throw new Error(`fails without any slip: ${command}`)
  })
  sound.set(command, checked)
  return checked
}

/** All tests that slips name, at once. */
const checkNamed = async (root: string): Promise<void> => {
  const files = [...new Set(wanted.flatMap(({ test }) => test ?? []))].sort()
  if (files.length === 0) return
  say(`${files.length} test files must pass without a slip …`)
  await checkSound(named(files), root)
  for (const file of files) sound.set(named([file]).command.join(' '), Promise.resolve())
}

const judge = async (change: Change, scratch: Scratch): Promise<Judged> => {
  const by: Detector[] = []
  let seconds = 0
  for (const detector of detectorsOf(change)) {
    if (by.some(({ kind }) => kind === detector.kind)) continue
    await checkSound(detector, scratch.root)
    const takeBack = await scratch.apply(change)
    const verdict = await detect(detector, scratch.root).finally(takeBack)
    seconds += verdict.seconds
    if (verdict.found) by.push(detector)
    if (verdict.found && !values.all) break
  }
  return { change, by, seconds: Math.round(seconds * 10) / 10 }
}

const judged: Judged[] = []
const waiting = [...wanted]
const work = async (scratch: Scratch): Promise<void> => {
  for (let change = waiting.shift(); change !== undefined; change = waiting.shift()) {
    const one = await judge(change, scratch)
    judged.push(one)
    const { name, file } = change
    const foundBy = one.by.map(({ kind }) => kind)
    const by = one.by.map(({ looks }) => looks)
    if (values.json) console.log(JSON.stringify({ change: name, file, foundBy, by, seconds: one.seconds }))
    else console.log(`${judged.length}/${wanted.length} ${foundLine(one)}`)
  }
}

const scratches = await Promise.all(
  Array.from({ length: Math.min(jobs, wanted.length) }, () => openScratch(checkout)),
)
try {
  const [first] = scratches
  if (first !== undefined) await checkNamed(first.root)
  await Promise.all(scratches.map(work))
} finally {
  await Promise.all(scratches.map((scratch) => scratch[Symbol.asyncDispose]()))
}
const missed = judged.filter(({ by }) => by.length === 0)
const minutes = ((performance.now() - started) / 60_000).toFixed(1)
if (!values.json) console.log(tableOf(wanted, judged))
say(`${wanted.length - missed.length} of ${wanted.length} found in ${minutes} min`)
if (missed.length > 0) say(`not found: ${missed.map(({ change }) => change.name).join(', ')}`)
process.exit(missed.length > 0 ? 1 : 0)
