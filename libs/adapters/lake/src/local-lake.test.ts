import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { lakeContract } from '@tidewater/ports/contract'
import { openLake } from './local-lake.ts'

const directories: string[] = []
let current = ''
const fresh = async (): Promise<void> => {
  current = await mkdtemp(join(tmpdir(), 'lake-'))
  directories.push(current)
}
afterAll(async () => {
  for (const directory of directories) await rm(directory, { recursive: true, force: true })
})

lakeContract('The local lake', { fresh, open: () => openLake(current) })

test('opening sweeps what a dead process left and keeps what a living one writes', async () => {
  await fresh()
  const lake = await openLake(current)
  const own = lake.temporary()
  await writeFile(own, 'being written')
  const dead = own.replace(`.${process.pid}.`, '.999999999.')
  await writeFile(dead, 'left behind')
  await openLake(current)
  expect(await readdir(join(current, 'tmp'))).toEqual([own.split('/').at(-1)])
})
