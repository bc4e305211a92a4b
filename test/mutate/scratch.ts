import { cp, link, mkdir, mkdtemp, readdir, readFile, rm, symlink, unlink, writeFile } from 'node:fs/promises'
import { execFileSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Change } from './change.ts'

/** A copy of the sources to change and run, with the packages of the checkout and links to its own workspace. */
export interface Scratch extends AsyncDisposable {
  readonly root: string
  /** Makes the change; answers how to take it back. */
  apply(change: Change): Promise<() => Promise<void>>
}

export const openScratch = async (checkout: string): Promise<Scratch> => {
  const root = await mkdtemp(join(tmpdir(), 'tidewater-mutate-'))
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: checkout,
    encoding: 'utf8',
  })
  for (const file of listed.split('\0').filter((name) => name !== '')) {
    await mkdir(dirname(join(root, file)), { recursive: true })
    await copied(join(checkout, file), join(root, file))
  }
  await linkPackages(checkout, root)
  return {
    root,
    async apply({ file, find, replace }) {
      const path = join(root, file)
      const text = await readFile(path, 'utf8')
      if (text.split(find).length !== 2) throw new Error(`${file} does not hold exactly once: ${find}`)
      // A new file in its place: the old one is the checkout's own.
      await unlink(path)
      await writeFile(
        path,
        text.replace(find, () => replace),
      )
      return () => writeFile(path, text)
    },
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  }
}

/** The same file under another name where the disk allows it. */
const copied = (from: string, to: string): Promise<void> => link(from, to).catch(() => cp(from, to))

const linkPackages = async (checkout: string, root: string): Promise<void> => {
  const [installed, linked] = [join(checkout, 'node_modules'), join(root, 'node_modules')]
  await mkdir(join(linked, '@tidewater'), { recursive: true })
  for (const name of await readdir(installed))
    if (name !== '@tidewater' && !name.startsWith('tidewater'))
      await symlink(join(installed, name), join(linked, name))
  const found = execFileSync('git', ['ls-files', '*/package.json'], { cwd: checkout, encoding: 'utf8' })
  for (const file of found.trim().split('\n')) {
    const { name } = JSON.parse(await readFile(join(checkout, file), 'utf8')) as { name: string }
    await symlink(join(root, dirname(file)), join(linked, name))
  }
}
