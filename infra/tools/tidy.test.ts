import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { filesBelow, rootFile, type SourceFile } from './files.ts'

// Style as a test: what a reviewer would otherwise say again and again.
const sources = ['.ts', '.tsx', '.css'].flatMap((ending) =>
  filesBelow(['apps', 'libs', 'pipelines', 'infra', 'test'], ending),
)
const product = sources.filter((file) => !file.path.includes('.test') && !file.path.startsWith('test/'))
const scripts = filesBelow(['infra', 'apps'], '.mjs')

const where = (file: SourceFile, line: number): string => `${file.path}:${line + 1}`

const linesThat = (files: readonly SourceFile[], wrong: (line: string) => boolean): readonly string[] =>
  files.flatMap((file) => file.lines.flatMap((line, index) => (wrong(line) ? [where(file, index)] : [])))

describe('tidy', () => {
  it('sees the sources', () => {
    expect(sources.length).toBeGreaterThan(50)
    expect(product.length).toBeGreaterThan(40)
  })

  it('no file is longer than 250 lines unless its first lines say "Long because …"', () => {
    const long = sources.filter(
      (file) => file.lines.length > 250 && !/Long because/.test(file.lines.slice(0, 12).join('\n')),
    )
    expect(long.map((file) => `${file.path} has ${file.lines.length} lines`)).toEqual([])
  })

  it('no line of code is longer than 110 columns and no comment than 160, long texts apart', () => {
    const wrong = linesThat(
      [...sources, ...scripts],
      (line) => line.length > (isComment(line) ? 160 : 110) && !isLongText(line),
    )
    expect(wrong).toEqual([])
  })

  it('no drawer words in names and no notes to self', () => {
    const words = /\b\w*(?:utils?|helpers?|Manager|misc)\b|\b(?:TO(?:DO)|FIX(?:ME)|XX(?:X))\b/
    const named = sources.filter((file) =>
      /(?:utils?|helpers?|manager|misc|common)\.(?:tsx?|css)$/.test(file.path),
    )
    expect(named.map((file) => file.path)).toEqual([])
    expect(linesThat(product, (line) => words.test(line) && !line.includes("'node:util'"))).toEqual([])
  })

  it('no name is a word that a reader cannot guess', () => {
    const words = 'Door|OpenDoor|bury|breathe|Left|Spot|Told|toldOf|beats?|shown|Shown|hi'
    const declared = new RegExp(
      `\\b(?:const|let|function|class|interface|type|async) #?(?:${words})\\b|^\\s+#?(?:${words})\\(`,
    )
    expect(linesThat(product, (line) => declared.test(line))).toEqual([])
  })

  // Letters that say what they are: two of a kind (a b), an amount in a formula (x y n), places (i j), the event of a view (e).
  // The learners use the letters of the papers they cite.
  it('no parameter is a letter that a reader cannot guess', () => {
    const letter = /[(,] ?(?![abxynije]\b)[a-z]\??: (?=[A-Za-z(])[^,()]*[,)]/
    const formulas = /^libs\/core\/learning\/|murmur|hash/
    const signatures = product.filter(({ path }) => !formulas.test(path))
    expect(linesThat(signatures, (line) => letter.test(line) && !isComment(line))).toEqual([])
  })

  it('nothing is caught unseen: the error is looked at, or a comment says why any will do', () => {
    const unseen = product.flatMap((file) =>
      file.lines.flatMap((line, index) =>
        /\bcatch \{$/.test(line) && !isComment(file.lines[index + 1] ?? '') ? [where(file, index)] : [],
      ),
    )
    expect(unseen).toEqual([])
  })

  it('no test is skipped, focused or postponed', () => {
    const marks = /\b(?:it|test|describe)\.(?:skip|only|todo|fails)\b|\b(?:xit|xdescribe|fit|fdescribe)\(/
    const tests = sources.filter((file) => file.path.includes('.test'))
    expect(linesThat(tests, (line) => marks.test(line) && !line.includes('const marks'))).toEqual([])
  })

  it('no type or lint check is silenced without a reason', () => {
    const silenced = /@ts-(?:ignore|nocheck)|@ts-expect-error\s*$|eslint-disable(?!.* -- )/
    expect(linesThat(product, (line) => silenced.test(line) && !line.includes('const silenced'))).toEqual([])
  })

  it('every main.ts has at most 60 lines', () => {
    const long = sources.filter((file) => file.path.endsWith('/main.ts') && file.lines.length > 60)
    expect(long.map((file) => `${file.path} has ${file.lines.length} lines`)).toEqual([])
  })

  it('a definition is exported by its own name', () => {
    const wrong = filesBelow(['pipelines'], '.ts').flatMap((file) =>
      [...file.text.matchAll(/export const (\w+)\s*=\s*(?:event|view|table|join|pattern|model)\(\s*'(\w+)'/g)]
        .filter(([, exported, defined]) => exported !== defined)
        .map(([, exported, defined]) => `${file.path}: ${exported} is called '${defined}'`),
    )
    expect(wrong).toEqual([])
  })

  it('every file is imported, run or an entry', () => {
    expect(deadFiles()).toEqual([])
  })
})

const isComment = (line: string): boolean => /^\s*(?:\/\/|\/?\*)/.test(line) || /[^:]\/\/ /.test(line)

// A long string (a sentence, an SQL text) cannot always be broken without hurting its reading or a grep for it.
const isLongText = (line: string): boolean =>
  /(['"`]).{60,}/.test(line) ||
  /^\s*\/\^.*\/[gimsu]*$/.test(line) ||
  /https?:\/\//.test(line) ||
  /^\s*[{[].*[}\]],?$/.test(line)

function deadFiles(): readonly string[] {
  const mentioned = new Set<string>()
  for (const file of [
    ...sources,
    ...scripts,
    ...filesBelow(['.ci', 'apps', 'infra', 'libs'], '.json'),
    rootFile('vitest.config.ts'),
  ]) {
    for (const [, path] of file.text.matchAll(/['"`](\.{1,2}\/[^'"`\s]+\.(?:tsx?|css|mjs))['"`]/g)) {
      mentioned.add(join(dirname(file.path), path ?? ''))
    }
    // Entries that are started by name: new URL('./x.ts', …), join(dir, 'x.ts'), exports of a package.json.
    for (const [, name] of file.text.matchAll(/['"`/]([\w.-]+\.ts)['"`]/g)) mentioned.add(name ?? '')
  }
  return product
    .filter(
      (file) =>
        !/(?:\.d\.ts|\/index\.ts|\/main\.tsx?|\/vite\.config\.ts|-contract\.ts)$/.test(file.path) &&
        !file.path.startsWith('pipelines/'),
    )
    .filter((file) => !mentioned.has(file.path) && !mentioned.has(file.path.split('/').at(-1) ?? ''))
    .map((file) => file.path)
}
