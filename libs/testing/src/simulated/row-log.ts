import { must, PlatformError } from '@tidewater/base'
import type { ArchivedLog, Lake } from '@tidewater/ports'
import { loggedRecord } from '@tidewater/rows'
import { topicOf, type Catalog } from 'tidewater'
import type { Disk } from './disk.ts'
import type { Process } from './process.ts'
import { rowsOf } from './row-files.ts'

/** The lake's files of lines, read back as records of the log. */
export const rowLog = (
  { events }: Catalog,
  disk: Disk,
  process: Process,
  lake: Pick<Lake, 'path'>,
): ArchivedLog => ({
  records: async function* ({ topic, file }, since) {
    if (file === null) return
    const event = must(
      [...events.values()].find(({ name }) => topicOf(name) === topic),
      topic,
    )
    const path = lake.path(file)
    const rows = await process.call('local', async () => {
      if ((await disk.files(process).stat(path)) === null)
        throw new PlatformError('UNAVAILABLE', `${file} is there no more`, 'its rows are in another file')
      return rowsOf(event, disk.read(path))
    })
    const ordered = [...rows].sort((a, b) => a.offset - b.offset)
    const first = ordered.findIndex(({ appendedAt }) => appendedAt >= since)
    if (first >= 0) yield ordered.slice(first).map((row) => loggedRecord(event, row))
  },
})
