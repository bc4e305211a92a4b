import type { Catalog, ViewDefinition } from 'tidewater'
import { compileAnew } from '../machine.ts'
import type { GeneratedPart } from '../machine.ts'

const TOKEN = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[{}();,]|\s*\n\s*|[^"'{}();,\n]+/g

/** Generated JavaScript with a statement on each line, indented by its braces. */
export const readableJs = (source: string): string => {
  const lines: string[] = []
  let line = ''
  let parens = 0
  let depth = 0
  const end = (): void => {
    if (line.trim() !== '') lines.push(`${'  '.repeat(depth)}${line.trim()}`)
    line = ''
  }
  for (const [token] of source.matchAll(TOKEN)) {
    if (token.includes('\n')) {
      if (parens === 0) end()
      else line += ' '
      continue
    }
    if (token === '(') parens++
    if (token === ')') parens--
    if (token === '}' && parens === 0) {
      end()
      depth--
    }
    line += token
    if (parens > 0) continue
    if (token === '{') {
      end()
      depth++
    } else if (token === ';' || (token === ',' && depth > 0)) end()
  }
  end()
  return lines.join('\n')
}

const shownConstant = (value: unknown): string => {
  if (typeof value === 'function') return `the function ${value.name}`
  if (value instanceof Map) return `a table of ${value.size} rows`
  if (Array.isArray(value)) return JSON.stringify(value)
  return typeof value === 'object' ? 'an object' : String(value)
}

/** A part of a machine with what its constants stand for. */
export const readablePart = ({ name, source, constants }: GeneratedPart): string => {
  const used = [...constants].filter(([constant]) => source.includes(constant))
  const told = used
    .filter(([constant, value]) => typeof value !== 'function' || constant !== `$${value.name}`)
    .map(([constant, value]) => `// ${constant}: ${shownConstant(value)}`)
  return [`// ${name}`, ...told, readableJs(source)].join('\n')
}

/** The JavaScript a view is compiled to, part by part. */
export const readableParts = (view: ViewDefinition, catalog: Catalog): readonly string[] => {
  const parts: string[] = []
  compileAnew(view, catalog, (part) => parts.push(readablePart(part)))
  return parts
}
