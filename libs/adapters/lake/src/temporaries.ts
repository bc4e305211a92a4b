import { join } from 'node:path'
import type { LakeHost } from './local-host.ts'

const DAY_MS = 86_400_000

const directoryOf = (root: string): string => join(root, 'tmp')

/** A new path on the lake's volume: '<host>.<pid>.<nonce>' says who may still be writing there. */
export const temporaryIn = (root: string, { name, pid, nonce }: LakeHost): string =>
  join(directoryOf(root), `${name}.${pid}.${nonce()}`)

/** '<host>.<pid>.<nonce>…' → host and pid; a host name may contain dots. */
const writerOf = (file: string): { readonly host: string; readonly pid: number } => {
  const match = /^(.*)\.(\d+)\.[0-9a-f-]{12,}/.exec(file)
  return { host: match?.[1] ?? '', pid: Number(match?.[2]) }
}

/** Deletes what dead processes of this host, or anybody a day ago, left behind. */
export const sweepTemporaries = async (root: string, host: LakeHost): Promise<void> => {
  const directory = directoryOf(root)
  await host.files.makeDirectory(directory)
  for (const file of await host.files.list(directory)) {
    const path = join(directory, file)
    const writer = writerOf(file)
    const age = host.clock.now() - ((await host.files.stat(path))?.modifiedAt ?? 0)
    const abandoned = writer.host === host.name ? !host.isAlive(writer.pid) : age > DAY_MS
    if (abandoned) await host.files.remove(path)
  }
}
