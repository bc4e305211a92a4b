import { join, relative } from 'node:path'
import ts from 'typescript'
import { root } from './files.ts'

/** Who calls whom, read from the program itself: functions that are used, and methods of ports that others provide. */
export interface Calls {
  readonly files: readonly string[]
  /** The files whose functions, or whose implementation of an interface's methods, this file calls or hands on. */
  calledBy(file: string): ReadonlySet<string>
  /** Whether `from`, or what it calls, makes a named type that functions of `to` take. */
  makesWhatIsTaken(from: string, to: string): boolean
}

/** Reads the program of the given files; paths are below the root. What they import besides is not looked into. */
export const readCalls = (paths: readonly string[]): Calls => {
  const program = programOf(paths)
  const checker = program.getTypeChecker()
  const used = new Map<string, ReadonlySet<ts.Node>>()
  const providers = new Map<ts.Node, Set<string>>()
  for (const path of paths) {
    const called = new Set<ts.Node>()
    used.set(path, called)
    forEachNode(program.getSourceFile(join(root, path)), (node) => {
      for (const declaration of functionsAt(node, checker)) called.add(declaration)
      for (const member of membersProvidedBy(node, checker))
        providers.set(member, (providers.get(member) ?? new Set()).add(path))
    })
  }
  const pathOf = (node: ts.Node): string => relative(root, node.getSourceFile().fileName)
  const targets = new Map(
    [...used].map(([path, nodes]) => [
      path,
      new Set([...nodes].flatMap((node) => [pathOf(node), ...(providers.get(node) ?? [])])),
    ]),
  )
  const calledBy = (file: string): ReadonlySet<string> => targets.get(file) ?? new Set()
  return {
    files: paths,
    calledBy,
    makesWhatIsTaken: (from, to) => {
      const made = [from, ...calledBy(from)].flatMap((path) =>
        namedTypes(program, path, (node) => ts.isFunctionLike(node) && !ts.isFunctionTypeNode(node)),
      )
      return namedTypes(program, to, ts.isParameter).some((type) => made.includes(type))
    },
  }
}

const programOf = (paths: readonly string[]): ts.Program => {
  const config = ts.readConfigFile(join(root, 'tsconfig.base.json'), ts.sys.readFile).config as {
    readonly compilerOptions: object
  }
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root)
  return ts.createProgram(
    paths.map((path) => join(root, path)),
    { ...options, noEmit: true },
  )
}

const forEachNode = (node: ts.Node | undefined, look: (node: ts.Node) => void): void => {
  if (node === undefined) return
  look(node)
  ts.forEachChild(node, (child) => forEachNode(child, look))
}

/** Declarations of the function a name stands for, where it is called or handed on. */
const functionsAt = (node: ts.Node, checker: ts.TypeChecker): readonly ts.Node[] => {
  if (!ts.isIdentifier(node) || !isCalledOrHandedOn(node)) return []
  const found = checker.getSymbolAtLocation(node)
  if (found === undefined) return []
  const symbol = found.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(found) : found
  if (!(symbol.flags & ts.SymbolFlags.Value)) return []
  return checker.getTypeOfSymbol(symbol).getCallSignatures().length > 0 || ts.isNewExpression(node.parent)
    ? (symbol.declarations ?? [])
    : []
}

const isCalledOrHandedOn = (name: ts.Identifier): boolean => {
  const whole = ts.isPropertyAccessExpression(name.parent) && name.parent.name === name ? name.parent : name
  const { parent } = whole
  if (ts.isCallExpression(parent) || ts.isNewExpression(parent)) return true
  return (
    (ts.isPropertyAssignment(parent) && parent.initializer === whole) ||
    ts.isShorthandPropertyAssignment(parent)
  )
}

/** The members of interfaces that an object literal or a class fills in. */
const membersProvidedBy = (node: ts.Node, checker: ts.TypeChecker): readonly ts.Node[] => {
  if (ts.isObjectLiteralExpression(node)) {
    const wanted = checker.getContextualType(node)
    return wanted === undefined ? [] : node.properties.flatMap((own) => declarationsOf(wanted, own, checker))
  }
  if (!ts.isClassDeclaration(node)) return []
  const promised = (node.heritageClauses ?? []).flatMap(({ types }) => types.map(checker.getTypeAtLocation))
  return promised.flatMap((type) => node.members.flatMap((own) => declarationsOf(type, own, checker)))
}

const declarationsOf = (
  type: ts.Type,
  own: ts.ObjectLiteralElementLike | ts.ClassElement,
  checker: ts.TypeChecker,
): readonly ts.Node[] => {
  if (own.name === undefined || !ts.isIdentifier(own.name)) return []
  const name = own.name.text
  // An async function's literal is wanted as T or a promise of T.
  const choices = type.isUnion() ? type.types : [type]
  return choices.flatMap((choice) => checker.getPropertyOfType(choice, name)?.declarations ?? [])
}

/** Interfaces that annotate the chosen nodes: what functions return, or what they take. */
const namedTypes = (
  program: ts.Program,
  path: string,
  isChosen: (node: ts.Node) => boolean,
): readonly ts.Symbol[] => {
  const checker = program.getTypeChecker()
  const found: ts.Symbol[] = []
  forEachNode(program.getSourceFile(join(root, path)), (node) => {
    if (!isChosen(node) || !('type' in node)) return
    const annotation = node.type as ts.TypeNode | undefined
    if (annotation === undefined || !ts.isTypeReferenceNode(annotation)) return
    const symbol = checker.getTypeAtLocation(annotation).getSymbol()
    if (symbol !== undefined && symbol.flags & ts.SymbolFlags.Interface) found.push(symbol)
  })
  return found
}
