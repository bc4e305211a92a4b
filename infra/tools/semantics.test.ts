import { describe, expect, it } from 'vitest'
import { filesBelow, rootFile, type SourceFile } from './files.ts'

// Code cites rules ("semantics I2", "(C3, C4)", "R1: …"); docs/semantics.md has each of them once, with a test that shows it.
const page = rootFile('docs/semantics.md').text
const rules = page
  .split(/^### /m)
  .slice(1)
  .map((section) => {
    const [code = '', title = ''] = /^([A-Z]\d+) (.+)$/m.exec(section)?.slice(1) ?? []
    const shownBy = [...section.matchAll(/`([\w./-]+\.ts) › ([^`]+)`/g)]
    return { code, title, shownBy: shownBy.map(([, path = '', name = '']) => ({ path, name })) }
  })
const known = new Set(rules.map(({ code }) => code))

const tests = new Map(
  [
    ...filesBelow(['apps', 'libs', 'pipelines', 'infra', 'test'], '.test.ts'),
    ...filesBelow(['libs/testing/src/contract'], '.ts'),
  ].map((file) => [file.path, file.text]),
)
const citing = ['.ts', '.lua', '.mjs'].flatMap((ending) =>
  filesBelow(['apps', 'libs', 'pipelines', 'infra', 'test'], ending),
)

/** What is said rather than run: comments, and the names of tests. */
const said = (line: string): string =>
  /^\s*(?:\/\/|\/?\*|--)/.test(line)
    ? line
    : (/(?:\s\/\/ |\/\*\*|\b(?:it|test|describe)(?:\.each\(.*\))?\(\s*['"`]).*/.exec(line)?.[0] ?? '')

const citationsIn = (file: SourceFile): readonly string[] =>
  file.lines.flatMap((line, index) =>
    [...said(line).matchAll(/(?<![\w'`.#-])[A-Z]\d{1,2}\b(?![\w'`.-])/g)].map(
      ([code]) => `${code} ${file.path}:${index + 1}`,
    ),
  )

describe('the rules', () => {
  it('are each defined once, with a title', () => {
    expect(rules.length).toBeGreaterThan(30)
    expect(rules.map(({ code }) => code).filter((code, at, all) => all.indexOf(code) !== at)).toEqual([])
    expect(rules.filter(({ code, title }) => code === '' || title === '')).toEqual([])
  })

  it('resolve every citation in code', () => {
    const cited = citing.filter(({ path }) => path !== 'infra/tools/semantics.test.ts').flatMap(citationsIn)
    expect(cited.length).toBeGreaterThan(50)
    expect(cited.filter((citation) => !known.has(citation.split(' ')[0] ?? ''))).toEqual([])
  })

  it('are each shown by a test that exists', () => {
    expect(rules.filter(({ shownBy }) => shownBy.length === 0).map(({ code }) => code)).toEqual([])
    const missing = rules.flatMap(({ code, shownBy }) =>
      shownBy
        .filter(({ path, name }) => !(tests.get(path) ?? '').includes(name))
        .map(({ path, name }) => `${code}: ${path} › ${name}`),
    )
    expect(missing).toEqual([])
  })
})
