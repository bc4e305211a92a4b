import { readFileSync } from 'node:fs'
import { PlatformError } from '@tidewater/base'
import type { Command } from 'commander'
import { ask, withClientFlags } from '../client.ts'
import type { ClientFlags } from '../client.ts'
import { columns } from '../definitions/columns.ts'

interface QueryFlags extends ClientFlags {
  readonly key?: string
  readonly from?: string
  readonly to?: string
  readonly every?: string
  readonly where?: string
  readonly groupBy?: string
  readonly orderBy?: string
  readonly limit?: string
  readonly asOf?: string
  readonly layer?: string
}

export const queryCommand = (program: Command): void => {
  withClientFlags(program.command('query <question>'))
    .description(
      `ask a view by name, or any GraphQL: query SalesByProduct --limit 3, query '{ status { now } }', query - < file`,
    )
    .option('--key <key>', 'one key, or JSON of all keys')
    .option('--from <instant>', 'windows from this start on: an ISO time, now-1d/d')
    .option('--to <instant>', 'windows that start before')
    .option('--every <period>', 'join windows: 1h, 1d, 1mo, all')
    .option('--where <json>', `filter: '{"revenue": {"gt": "100"}}'`)
    .option('--group-by <keys>', 'keep these keys only, separated by commas')
    .option('--order-by <order>', `'revenue', 'country asc, revenue'`)
    .option('--limit <n>', 'rows')
    .option('--as-of <instant>', 'views without window: at this moment')
    .option('--layer <layer>', 'MERGED, BATCH or SPEED')
    .action((question: string, flags: QueryFlags) => query(question, flags))
}

const VIEW = `query($name: String!, $key: JSON, $from: Instant, $to: Instant, $every: Period, $where: JSON, $groupBy: [String!], $orderBy: String, $limit: Int, $asOf: Instant, $layer: Layer) {
  view(name: $name, key: $key, from: $from, to: $to, every: $every, where: $where,
    groupBy: $groupBy, orderBy: $orderBy, limit: $limit, asOf: $asOf, layer: $layer) {
    columns { name role } rows rowCount freshness { asOf generation builtAt lagMs degraded }
  }
}`

interface Page {
  readonly columns: readonly { readonly name: string; readonly role: string }[]
  readonly rows: readonly Readonly<Record<string, unknown>>[]
  readonly rowCount: number
  readonly freshness: {
    readonly asOf: string
    readonly generation: number
    readonly lagMs: number
    readonly degraded: readonly string[]
  }
}

const query = async (question: string, flags: QueryFlags): Promise<void> => {
  const text = question === '-' ? readFileSync(0, 'utf8') : question
  if (/[{\s]/.test(text.trim())) return console.log(JSON.stringify(await ask(flags, text), null, 2))
  const { view } = await ask<{ view: Page }>(flags, VIEW, variablesOf(text.trim(), flags))
  if (flags.json === true) return console.log(JSON.stringify(view, null, 2))
  const names = view.columns.map(({ name }) => name)
  const lines = view.rows.map((row) =>
    names.map((name) => (row[name] === null || row[name] === undefined ? '-' : String(row[name]))),
  )
  console.log(columns([names, ...lines]).join('\n'))
  const { asOf, generation, lagMs, degraded } = view.freshness
  const flagged = degraded.length === 0 ? '' : `, degraded: ${degraded.join(', ')}`
  console.log(
    `\n${view.rows.length} of ${view.rowCount} rows as of ${asOf}, generation ${generation}, ${lagMs} ms behind${flagged}`,
  )
}

const variablesOf = (
  name: string,
  { key, from, to, every, where, groupBy, orderBy, limit, asOf, layer }: QueryFlags,
): Record<string, unknown> => {
  const given = {
    from,
    to,
    every,
    orderBy,
    asOf,
    layer: layer?.toUpperCase(),
    key: key?.startsWith('{') === true ? json(key, '--key') : key,
    where: where === undefined ? undefined : json(where, '--where'),
    groupBy: groupBy
      ?.split(',')
      .map((part) => part.trim())
      .filter((part) => part !== ''),
    limit: limit === undefined ? undefined : whole(limit),
  }
  return { name, ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) }
}

const json = (text: string, flag: string): unknown => {
  try {
    return JSON.parse(text) as unknown
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw new PlatformError(
      'BAD_INPUT',
      `${flag} is no JSON: ${text.slice(0, 80)}`,
      `write ${flag} '{"country": "France"}'`,
    )
  }
}

const whole = (text: string): number => {
  const number = Number(text)
  if (Number.isSafeInteger(number)) return number
  throw new PlatformError('BAD_INPUT', `--limit is a whole number, not ${text}`, 'write --limit 10')
}
