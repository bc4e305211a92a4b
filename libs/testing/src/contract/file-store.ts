import { join } from 'node:path'
import type { FileStore } from '@tidewater/ports'
import { beforeEach, describe, expect, test } from 'vitest'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

/** What every FileStore must do; `fresh` answers an empty directory. What a power cut leaves is asked of a memory store by its own tests. */
export const fileStoreContract = (
  title: string,
  make: { readonly files: FileStore; fresh(): Promise<string> },
): void => {
  const { files } = make
  const textOf = async (path: string): Promise<string | null> => {
    const read = await files.read(path)
    return read === null ? null : new TextDecoder().decode(read)
  }
  describe(`${title} as a FileStore`, () => {
    let directory = ''
    beforeEach(async () => {
      directory = await make.fresh()
    })

    test('what is not there: no bytes, no names, no stat, nothing to remove', async () => {
      const path = join(directory, 'none')
      expect(await files.read(path)).toBeNull()
      expect(await files.stat(path)).toBeNull()
      expect(await files.list(path)).toEqual([])
      await files.remove(path)
      await expect(files.rename(path, join(directory, 'other'))).rejects.toThrow('ENOENT')
      await expect(files.create(join(path, 'below'), bytes('x'))).rejects.toThrow('ENOENT')
    })

    test('a file is created once and read whole and in pieces', async () => {
      const path = join(directory, 'file')
      await files.create(path, bytes('whole'))
      await expect(files.create(path, bytes('again'))).rejects.toThrow('EEXIST')
      await files.sync(path)
      await files.sync(directory)
      expect(await textOf(path)).toBe('whole')
      const pieces: Uint8Array[] = []
      for await (const piece of files.pieces(path)) pieces.push(piece)
      expect(Buffer.concat(pieces).toString()).toBe('whole')
      expect((await files.stat(path))?.bytes).toBe(5)
    })

    test('of two links to one name the first wins; both names of a file are one file', async () => {
      const [one, two, name] = ['one', 'two', 'name'].map((file) => join(directory, file)) as [
        string,
        string,
        string,
      ]
      await files.create(one, bytes('1'))
      await files.create(two, bytes('2'))
      const won = await Promise.all([files.link(one, name), files.link(two, name)])
      expect([...won].sort()).toEqual([false, true])
      await files.remove(won[0] ? one : two)
      expect(await textOf(name)).toBe(won[0] ? '1' : '2')
    })

    test('renaming replaces; directories are made with those above them and removed with what is in them', async () => {
      const deep = join(directory, 'a', 'b')
      await files.makeDirectory(deep)
      await files.makeDirectory(deep)
      await files.create(join(deep, 'old'), bytes('old'))
      await files.create(join(deep, 'new'), bytes('new'))
      await files.rename(join(deep, 'new'), join(deep, 'old'))
      expect(await files.list(deep)).toEqual(['old'])
      expect(await textOf(join(deep, 'old'))).toBe('new')
      await files.remove(join(directory, 'a'))
      expect(await files.list(directory)).toEqual([])
    })
  })
}
