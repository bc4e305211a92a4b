import { existsSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { root, rootFile } from './files.ts'

// README lists the walk of one event as "1. [path](path) …" lines: at most ten files, read once each, forward only.
const readme = rootFile('README.md').text
const walk = [...readme.matchAll(/^\s*\d+\.\s+\[?`?([\w./-]+\.ts)\b/gm)].map(([, path]) => path ?? '')

describe('the walk of one event in README', () => {
  it('begins at the definition and has at most ten files, each once', () => {
    expect(walk[0]).toBe('pipelines/commerce/events.ts')
    expect(walk.length).toBeGreaterThan(5)
    expect(walk.length).toBeLessThanOrEqual(10)
    expect(new Set(walk).size).toBe(walk.length)
  })

  it('names files that exist', () => {
    expect(walk.filter((path) => !existsSync(join(root, path)))).toEqual([])
  })

  it('is forward only: each file names the next', () => {
    const broken = walk
      .slice(0, -1)
      .filter((path, index) => !rootFile(path).text.includes(basename(walk[index + 1] ?? '')))
    expect(broken).toEqual([])
  })
})
