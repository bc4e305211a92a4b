import { PlatformError } from '@tidewater/base'
import { type EventDefinition, topicOf } from 'tidewater'
import { InvalidArgumentError, Option, type Command } from 'commander'
import { rowEncoder } from '@tidewater/load'
import { type IntakeClient, intakeClient } from '@tidewater/load'
import { knownIds } from '@tidewater/load'
import { type LoadResult, loadFile } from '@tidewater/load'
import { FORMATS, type Format, openFile } from '@tidewater/load'
import { planMapping } from '@tidewater/load'
import { progressBar } from '@tidewater/load'
import { summaryOf } from '@tidewater/load'
import { waitUntilApplied, waitUntilArchived } from '@tidewater/load'
import { findRunFile } from '../stack/run-file.ts'

interface LoadFlags {
  readonly event?: string
  readonly stream?: string
  readonly format?: Format
  readonly map: readonly string[]
  readonly ignore: readonly string[]
  readonly id: readonly string[]
  readonly speed?: number
  readonly limit?: number
  readonly zone: string
  readonly timeFormat?: string
  readonly decimal: string
  readonly thousands: string
  readonly null: readonly string[]
  readonly maxErrors: number
  readonly wait: boolean
  readonly url?: string
  readonly json?: boolean
}

export const loadCommand = (program: Command): void => {
  program
    .command('load <file>')
    .description(
      'load a CSV, JSONL or Parquet file or an access log (.gz too); loading it again adds only what is new',
    )
    .option('--event <name>', 'the event its rows are')
    .option('--stream <name>', 'the same as --event')
    .addOption(
      new Option('--format <format>', 'what the file is (default: as its extension says)').choices(FORMATS),
    )
    .option('--map <field=column>', 'take a field from this column (may be repeated)', collect, [])
    .option('--ignore <column>', 'leave a column out (may be repeated)', collect, [])
    .option('--id <columns>', 'columns that tell one row from another, separated by commas', list, [])
    .option('--speed <x>', 'replay at x times the original pace', positive)
    .option('--limit <n>', 'take at most n rows', positive)
    .option('--zone <zone>', 'time zone of times that name none', 'UTC')
    .option('--time-format <format>', "how times are written, e.g. '%d/%m/%Y %H:%M', or s, ms, us")
    .option('--decimal <sign>', 'decimal sign of numbers', '.')
    .option('--thousands <sign>', 'sign between thousands', '')
    .option('--null <text>', 'a text that means missing (may be repeated)', collect, [])
    .option('--max-errors <share>', 'share of broken rows that stops the load', share, 0.01)
    .option('--no-wait', 'return as soon as Kafka has all rows')
    .option('--url <url>', 'the platform (default: the one that runs here)')
    .option('--json', 'print the result as JSON')
    .action((file: string, flags: LoadFlags) => load(file, flags))
}

const ARCHIVE_PATIENCE_MS = 15_000

async function load(path: string, flags: LoadFlags): Promise<void> {
  const name = flags.event ?? flags.stream
  if (name === undefined)
    throw new PlatformError('BAD_INPUT', 'Which event are the rows?', 'load FILE --event NAME')
  const run = findRunFile()
  const url =
    flags.url ?? process.env.TIDEWATER_URL ?? run?.url ?? `http://localhost:${process.env.HTTP_PORT ?? 4000}`
  const file = await openFile(path, flags.format ?? null)
  const client = intakeClient(url.replace(/\/$/, ''))
  const event = await client.definition(name)
  const mapping = planMapping(event, file.columns, { ...flags, spare: file.spare ?? [] })
  const encode = rowEncoder(event, file.columns, mapping, {
    ...flags,
    timeFormat: flags.timeFormat ?? null,
    nulls: flags.null,
    idColumns: flags.id,
  })
  const started = performance.now()
  const seconds = (): number => (performance.now() - started) / 1_000
  await waitUntilArchived(client, topicOf(event.name), ARCHIVE_PATIENCE_MS)
  const known = await knownIds(await client.lakeDir(), topicOf(event.name))
  const bar = progressBar(process.stderr)
  const result = await loadFile({
    event: event.name,
    file,
    encode,
    client,
    known,
    maxErrors: flags.maxErrors,
    limit: flags.limit ?? Infinity,
    speed: flags.speed ?? null,
    onProgress: ({ read, sent }) =>
      bar.show(file.fraction(), `${read} rows, ${Math.round(sent / seconds())}/s`),
  }).finally(async () => {
    bar.end()
    await known.close()
  })
  const loadedAfter = seconds()
  if (flags.wait) await visible(client, result, bar)
  report(event, result, flags, { seconds: loadedAfter, visibleAfter: flags.wait ? seconds() : null })
  process.exit(0)
}

async function visible(
  client: IntakeClient,
  result: LoadResult,
  bar: ReturnType<typeof progressBar>,
): Promise<void> {
  await waitUntilApplied(client, result.ends, (left) => bar.show(null, `${left} rows until all is visible`))
  bar.end()
}

function report(
  event: EventDefinition,
  result: LoadResult,
  flags: LoadFlags,
  times: { readonly seconds: number; readonly visibleAfter: number | null },
): void {
  const { ends, examples, ...counts } = result
  console.log(
    flags.json === true
      ? JSON.stringify({ event: event.name, ...counts, ...times, offsets: ends, brokenExamples: examples })
      : summaryOf(result, { event, zone: flags.zone, now: Date.now(), ...times }),
  )
}

const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value]

const list = (value: string): readonly string[] => value.split(',').map((name) => name.trim())

const positive = (text: string): number => {
  const value = Number(text)
  if (!(value > 0) || !Number.isFinite(value)) throw new InvalidArgumentError('It is a number above 0.')
  return value
}

const share = (text: string): number => {
  const value = text.endsWith('%') ? Number(text.slice(0, -1)) / 100 : Number(text)
  if (!(value >= 0 && value <= 1)) throw new InvalidArgumentError('It is a share such as 1% or 0.01.')
  return value
}
