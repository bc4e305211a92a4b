import { must } from '@tidewater/base'
import type { RunningArchive } from '@tidewater/engine-archive'
import type { ArchivePartPorts, ArchivePartSettings } from '@tidewater/platform/parts'
import type { NewRecord } from '@tidewater/ports'
import { event, id, instant, int, text, topicOf } from 'tidewater'
import { catalogOf } from 'tidewater/fixture'
import { openTestPlatform } from './open-test-platform.ts'

const Sale = event('Sale', {
  fields: { shop: id(), at: instant(), units: int(), note: text().optional() },
  key: 'shop',
  time: 'at',
})

const TOPIC = topicOf('Sale')

/** The sale at that instant as a record, or another text in its place. */
const record = (partition: number, envelope: string, sale: number | string): NewRecord => ({
  ...{ partition, key: 's1', headers: { id: envelope } },
  value: new TextEncoder().encode(
    typeof sale === 'string' ? sale : JSON.stringify({ shop: 's1', at: sale, units: 1 }),
  ),
})

/** The platform with sales, what its lake has of them, and the archive part on ports that a test may replace. */
export const openArchiving = async () => {
  const p = await openTestPlatform({ catalog: catalogOf([Sale]), startMs: 1_000_000 })
  const { lake, world } = p
  /** Appends the sales with these numbers. */
  const produce = (partition: number, from: number, to: number, log = p.log): Promise<unknown> => {
    const numbers = Array.from({ length: to - from }, (_, n) => from + n)
    return log.append(
      TOPIC,
      numbers.map((n) => record(partition, `i${n}`, n)),
    )
  }
  /** A file as it is on the disk: a line of JSON a row. */
  const linesOf = (path: string): string[] =>
    new TextDecoder()
      .decode(world.disk.read(path))
      .split('\n')
      .filter((line) => line !== '')
  const offsetsOf = (path: string): number[] =>
    linesOf(path).map((line) => (JSON.parse(line) as { _offset: number })._offset)
  const entries = () => p.during(lake.entries(TOPIC))
  /** The offsets of the rows in the lake. */
  const archived = async (partition: number): Promise<number[]> =>
    (await entries())
      .filter((entry) => entry.partition === partition)
      .flatMap(({ file }) => (file === null ? [] : offsetsOf(lake.path(file))))
  const next = (partition: number): Promise<number> => p.during(lake.next({ topic: TOPIC, partition }))
  const archivedTo = (partition: number, end: number): Promise<void> =>
    p.until(async () => (await next(partition)) === end)
  const start = (
    settings: Partial<Pick<ArchivePartSettings, 'limits' | 'name'>> = {},
    ports: Partial<ArchivePartPorts> = {},
  ): Promise<RunningArchive> => p.startArchive({ archiveEveryMs: 20, ...settings }, ports)
  return {
    ...{ ...p, topic: TOPIC, event: must(p.catalog.events.get('Sale'), 'event Sale') },
    ...{ record, produce, start, linesOf, offsetsOf, entries, archived, next, archivedTo },
  }
}
export type Archiving = Awaited<ReturnType<typeof openArchiving>>
