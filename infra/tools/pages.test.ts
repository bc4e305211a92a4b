import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { filesBelow, root, rootFile } from './files.ts'

const pages = [...['README.md', 'CONTRIBUTING.md'].map(rootFile), ...filesBelow(['docs', 'pipelines'], '.md')]

describe('the pages', () => {
  it('link only to files that exist', () => {
    const broken = pages.flatMap(({ path, text }) =>
      [...text.matchAll(/\]\((?!https?:)([^)#\s]+)(?:#[^)]*)?\)/g)]
        .filter(([, link = '']) => !existsSync(join(root, dirname(path), link)))
        .map(([, link]) => `${path} → ${link}`),
    )
    expect(broken).toEqual([])
  })

  it('answer a question by one file each', () => {
    const rows = rootFile('docs/where-is-it-decided.md').lines.filter((line) => /^\| .*\? \|/.test(line))
    expect(rows.length).toBeGreaterThanOrEqual(6)
    expect(rows.filter((row) => [...row.matchAll(/\]\(/g)].length !== 1)).toEqual([])
  })

  it('name only rooms that exist', () => {
    const gone = pages.flatMap(({ path, text }) =>
      [...text.matchAll(/`((?:apps|libs|infra|pipelines|test|docs)\/[\w./-]+)`/g)]
        .filter(([, room = '']) => !existsSync(join(root, room)))
        .map(([, room]) => `${path}: ${room}`),
    )
    expect(gone).toEqual([])
  })
})
