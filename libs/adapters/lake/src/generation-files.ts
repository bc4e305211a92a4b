import { join } from 'node:path'
import type { FileStore, GenerationRecord, Lake, ReconcileNote } from '@tidewater/ports'
import { createExclusively, moveDurably, readJson } from './files.ts'

type Generations = Pick<
  Lake,
  'generations' | 'addGeneration' | 'removeGeneration' | 'noteReconcile' | 'reconcileNotes'
>

/** One file per number: the number is exclusive, so two batch workers cannot both publish it. */
export const generationFiles = (root: string, files: FileStore, temporary: () => string): Generations => {
  const directory = join(root, 'generations')
  const notes = join(root, 'reconciles')
  const pathOf = (number: number) => join(directory, `${String(number).padStart(10, '0')}.json`)
  const generations = async (): Promise<readonly GenerationRecord[]> => {
    const names = (await files.list(directory)).filter((name) => name.endsWith('.json')).sort()
    const read = async (name: string) =>
      (await readJson(files, join(directory, name))) as GenerationRecord | null
    return (await Promise.all(names.map(read))).filter((record) => record !== null)
  }
  return {
    generations,
    addGeneration: async (record) =>
      (await createExclusively(files, pathOf(record.number), JSON.stringify(record), temporary()))
        ? 'added'
        : 'lost',
    removeGeneration: async (id) => {
      const record = (await generations()).find((generation) => generation.id === id)
      if (record === undefined) return
      await files.remove(pathOf(record.number))
      await files.remove(join(notes, `${id}.json`))
    },
    noteReconcile: async (id, note) => {
      const file = temporary()
      await files.create(file, new TextEncoder().encode(JSON.stringify(note)))
      await moveDurably(files, file, join(notes, `${id}.json`))
    },
    reconcileNotes: async () => {
      const names = (await files.list(notes)).filter((name) => name.endsWith('.json'))
      const found = new Map<string, ReconcileNote>()
      for (const name of names) {
        const note = (await readJson(files, join(notes, name))) as ReconcileNote | null
        if (note !== null) found.set(name.slice(0, -'.json'.length), note)
      }
      return found
    },
  }
}
