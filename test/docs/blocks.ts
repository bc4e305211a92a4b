import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { REPOSITORY } from '../e2e/platform.ts'

/** One fenced block of a page, with what the page says it prints. */
export interface Block {
  readonly page: string
  readonly line: number
  /** `sh`, `graphql`, `ts` … */
  readonly language: string
  /** What follows the language: `fails`, `real` (of files that no clone has), or the file a definition belongs in. */
  readonly note: string
  readonly text: string
  /** The `text` or `json` block behind it, when it is the very next one. */
  readonly expected: { readonly language: string; readonly text: string } | null
}

const FENCE = /^```([a-z]*) ?(.*)$/

/** All fenced blocks of a page in order. Throws when a fence is not closed. */
export const blocksOf = (page: string): readonly Block[] => {
  const fenced = fencesOf(page)
  return fenced
    .map((block, i): Block => {
      const next = fenced[i + 1]
      const answers = next !== undefined && ['text', 'json'].includes(next.language) && !isOutput(block)
      return { ...block, expected: answers ? { language: next.language, text: next.text } : null }
    })
    .filter((block) => !isOutput(block))
}

const isOutput = ({ language }: { readonly language: string }): boolean =>
  ['text', 'json', ''].includes(language)

const fencesOf = (page: string): readonly Omit<Block, 'expected'>[] => {
  const found: Omit<Block, 'expected'>[] = []
  let open: { line: number; language: string; note: string; lines: string[] } | null = null
  for (const [i, line] of readFileSync(join(REPOSITORY, page), 'utf8').split('\n').entries()) {
    const [, language = '', note = ''] = FENCE.exec(line) ?? []
    if (open !== null && line === '```') {
      found.push({
        page,
        line: open.line,
        language: open.language,
        note: open.note,
        text: open.lines.join('\n'),
      })
      open = null
    } else if (open !== null) open.lines.push(line)
    else if (line.startsWith('```')) open = { line: i + 1, language, note: note.trim(), lines: [] }
  }
  if (open !== null) throw new Error(`${page}:${open.line} opens a block that never closes`)
  return found
}
