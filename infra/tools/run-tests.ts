/** `npm test [-- STEP …]`: every check of the repository; the last line is "N passed, N failed". */
import { type CheckResult, runCommand, runVitest } from './checks.ts'

const started = performance.now()
const steps: Readonly<Record<string, () => Promise<CheckResult>>> = {
  format: () => runCommand('prettier', ['--check', '--log-level', 'warn', '.']),
  lint: async () => {
    const graph = await runCommand('nx', ['graph', '--file=.nx/graph.json'])
    return graph.failed > 0 ? graph : runCommand('eslint', ['.', '--max-warnings', '0'])
  },
  types: async () => {
    const all = await runCommand('tsc', ['--noEmit', '-p', 'tsconfig.json'])
    return all.failed > 0 ? all : runCommand('tsc', ['--noEmit', '-p', 'apps/console/tsconfig.json'])
  },
  unit: () => runVitest('unit'),
  servers: () => runVitest('servers'),
  whole: () => runVitest('whole'),
}

const asked = process.argv.slice(2)
const unknown = asked.filter((name) => !(name in steps))
if (unknown.length > 0) {
  console.error(`No step ${unknown.join(', ')}. Steps: ${Object.keys(steps).join(', ')}`)
  process.exit(64)
}

const wanted = Object.keys(steps).filter((name) => asked.length === 0 || asked.includes(name))
const results: CheckResult[] = []
// The first three use one core each and print nothing when all is well; the rest use both.
const [checks, tests] = [wanted.filter(isCheck), wanted.filter((name) => !isCheck(name))]
results.push(...(await Promise.all(checks.map(show))))
for (const name of tests) results.push(await show(name))

const passed = results.reduce((sum, result) => sum + result.passed, 0)
const failed = results.reduce((sum, result) => sum + result.failed, 0)
console.log(`\nin ${((performance.now() - started) / 1000).toFixed(0)} s`)
console.log(`${passed} passed, ${failed} failed`)
process.exit(failed > 0 || passed === 0 ? 1 : 0)

function isCheck(name: string): boolean {
  return name === 'format' || name === 'lint' || name === 'types'
}

async function show(name: string): Promise<CheckResult> {
  const from = performance.now()
  const result = await (steps[name] as () => Promise<CheckResult>)()
  const seconds = ((performance.now() - from) / 1000).toFixed(1)
  if (result.output !== '') console.log(result.output)
  console.log(
    `${result.failed === 0 ? '✓' : '✗'} ${name} ${seconds} s: ${result.passed} passed, ${result.failed} failed`,
  )
  return result
}
