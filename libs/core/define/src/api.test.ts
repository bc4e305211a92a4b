import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { expect, test } from 'vitest'

const FLAGS = ts.TypeFormatFlags.NoTruncation | ts.TypeFormatFlags.UseFullyQualifiedType

/** `name: type` of everything the package exports, one line each: the reviewed public API. */
const exportsOf = (file: string): string => {
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    allowImportingTsExtensions: true,
    skipLibCheck: true,
    types: [],
    target: ts.ScriptTarget.ES2024,
    lib: ['lib.es2024.d.ts'],
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
  }
  const program = ts.createProgram([file], options)
  const checker = program.getTypeChecker()
  const source = program.getSourceFile(file)
  const module = source === undefined ? undefined : checker.getSymbolAtLocation(source)
  if (module === undefined) throw new Error(`cannot read ${file}`)
  const lines = checker.getExportsOfModule(module).map((exported) => {
    const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported
    if ((symbol.flags & ts.SymbolFlags.Value) === 0) return `type ${exported.name}`
    const text = checker.typeToString(checker.getTypeOfSymbol(symbol), undefined, FLAGS)
    return `${exported.name}: ${text.replaceAll(/import\("[^"]*"[^)]*\)\./g, '').replaceAll(/\s+/g, ' ')}`
  })
  return `${lines.sort().join('\n')}\n`
}

test('the public API is the reviewed one (review a change, then run with -u)', async () => {
  await expect(exportsOf(fileURLToPath(new URL('index.ts', import.meta.url)))).toMatchFileSnapshot(
    '../api.txt',
  )
}, 60_000)
