import type { Account } from '@tidewater/engine-serving'
import type { Command } from 'commander'
import { ask, platformUrl, withClientFlags } from '../client.ts'
import type { ClientFlags } from '../client.ts'
import { columns } from '../definitions/columns.ts'

const QUERY = `{ status {
  now generation builtAt views
  workers { name role pid startedAt partitions counters troubles }
  partitions { topic partition high next archived missed halted }
  events { event accepted applied duplicate dead waiting uncounted balanced }
  keyless { view records }
  jobs { name step fraction }
} }`

interface Status {
  readonly now: string
  readonly generation: number | null
  readonly builtAt: string | null
  readonly views: readonly string[]
  readonly workers: readonly {
    readonly name: string
    readonly role: string
    readonly pid: number
    readonly startedAt: string
    readonly partitions: readonly string[]
    readonly troubles: readonly string[]
  }[]
  readonly partitions: readonly {
    readonly topic: string
    readonly partition: number
    /** Null: the log does not answer. */
    readonly high: number | null
    readonly next: number
    readonly archived: number
    /** Deleted by retention before they were archived. */
    readonly missed: number
    /** Why it stands still. */
    readonly halted: string | null
  }[]
  readonly events: readonly Account[]
  /** What a view's part of the published generation leaves out for want of a key. */
  readonly keyless: readonly { readonly view: string; readonly records: number }[]
  readonly jobs: readonly { readonly name: string; readonly step: string; readonly fraction: number }[]
}

export const statusCommand = (program: Command): void => {
  withClientFlags(program.command('status'))
    .description('what runs here: workers, partitions, generation')
    .action((flags: ClientFlags) => showStatus(flags))
}

const showStatus = async (flags: ClientFlags): Promise<void> => {
  const { status } = await ask<{ status: Status }>(flags, QUERY)
  if (flags.json === true) return console.log(JSON.stringify(status, null, 2))
  const built =
    status.builtAt === null
      ? 'none yet: everything is answered from the speed layer'
      : `${status.generation}, ${age(status.now, status.builtAt)} old`
  console.log(`${platformUrl(flags.url)}   ${status.views.length} views   generation ${built}\n`)
  const workers = status.workers.map((w) => [
    w.name,
    w.role,
    String(w.pid),
    age(status.now, w.startedAt),
    partitionsOf(w.partitions),
  ])
  console.log(columns([['WORKER', 'ROLE', 'PID', 'UP', 'PARTITIONS'], ...workers]).join('\n'))
  console.log(
    `\n${columns([['TOPIC', 'EVENTS', 'TO APPLY', 'TO ARCHIVE'], ...topicLines(status)]).join('\n')}`,
  )
  console.log(`\n${columns([ACCOUNT, ...status.events.map(accountLine)]).join('\n')}`)
  for (const { event, balanced } of status.events)
    if (!balanced) console.log(`\nthe counts of ${event} do not add up: report it, with its headers`)
  for (const { topic, partition, halted } of status.partitions)
    if (halted !== null) console.log(`\n${topic}/${partition} stands still: ${halted}`)
  for (const { topic, partition, missed } of status.partitions)
    if (missed > 0) console.log(`\n${topic}/${partition} lacks ${missed} records that retention deleted`)
  for (const { view, records } of status.keyless)
    console.log(`\n${view} leaves out ${records} records below the cut, which lack its key`)
  for (const { name, troubles } of status.workers)
    for (const trouble of troubles) console.log(`\n${name}: ${trouble}`)
  for (const { name, step, fraction } of status.jobs)
    console.log(`\n${name}: ${step} ${Math.round(fraction * 100)} %`)
}

const ACCOUNT = ['EVENT', 'ACCEPTED', '= APPLIED', '+ DUPLICATE', '+ DEAD', '+ WAITING', '+ UNCOUNTED']

const accountLine = (account: Status['events'][number]): string[] => {
  const { event, accepted, applied, duplicate, dead, waiting, uncounted } = account
  const counts = [accepted, applied, duplicate, dead, waiting, uncounted]
  return [event, ...counts.map((n) => (n === null ? '?' : String(n)))]
}

const topicLines = ({ partitions }: Status): string[][] => {
  const topics = [...new Set(partitions.map(({ topic }) => topic))]
  return topics.map((topic) => {
    const own = partitions.filter((partition) => partition.topic === topic)
    const sum = (of: (end: number, partition: Status['partitions'][number]) => number): string =>
      own.some(({ high }) => high === null)
        ? '?'
        : String(own.reduce((total, partition) => total + of(partition.high ?? 0, partition), 0))
    return [
      topic,
      sum((end) => end),
      sum((end, { next }) => Math.max(0, end - next)),
      sum((end, { archived }) => Math.max(0, end - archived)),
    ]
  })
}

/** 'event.shop_event 0 1 2 3' */
const partitionsOf = (names: readonly string[]): string => {
  const byTopic = new Map<string, number[]>()
  for (const name of names) {
    const at = name.lastIndexOf(':')
    const topic = name.slice(0, at)
    byTopic.set(topic, [...(byTopic.get(topic) ?? []), Number(name.slice(at + 1))])
  }
  return (
    [...byTopic].map(([topic, own]) => `${topic} ${own.sort((a, b) => a - b).join(' ')}`).join(', ') || '-'
  )
}

const age = (now: string, then: string): string => {
  const seconds = Math.max(0, Math.round((Date.parse(now) - Date.parse(then)) / 1000))
  if (seconds < 120) return `${seconds} s`
  return seconds < 7_200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3_600)} h`
}
