import { GraphQLError, Kind } from 'graphql'
import type {
  ASTVisitor,
  DocumentNode,
  FragmentDefinitionNode,
  SelectionSetNode,
  ValidationContext,
} from 'graphql'

/** What one document may be; counted with every fragment written out, so that fragments hide nothing. */
export interface DocumentLimits {
  readonly depth: number
  /** Introspection nests deeper than any question. */
  readonly introspectionDepth: number
  readonly fields: number
  /** Fields at the root of one operation, aliases included. */
  readonly rootFields: number
  readonly directives: number
}

export const DOCUMENT_LIMITS: DocumentLimits = {
  depth: 8,
  introspectionDepth: 20,
  fields: 1_000,
  rootFields: 30,
  directives: 50,
}
/** Tokens of the text, checked while it is parsed. */
export const MAX_TOKENS = 5_000

interface Size {
  readonly fields: number
  readonly depth: number
  readonly directives: number
}

interface Refusal {
  readonly code: 'LIMIT' | 'TOO_DEEP'
  readonly what: (count: number) => string
  readonly cure: string
}

const REFUSALS: Readonly<Record<keyof DocumentLimits, Refusal>> = {
  depth: {
    code: 'TOO_DEEP',
    what: (count) => `the operation is ${count} levels deep`,
    cure: 'no view needs more: select fewer levels',
  },
  introspectionDepth: {
    code: 'TOO_DEEP',
    what: (count) => `the introspection is ${count} levels deep`,
    cure: 'ask for the schema in parts',
  },
  fields: {
    code: 'LIMIT',
    what: (count) => `the operation has ${count} fields`,
    cure: 'split it into several operations',
  },
  directives: {
    code: 'LIMIT',
    what: (count) => `the operation has ${count} directives`,
    cure: 'leave some out',
  },
  rootFields: {
    code: 'LIMIT',
    what: (count) => `the operation asks ${count} questions`,
    cure: 'use the list query with several keys, or several operations',
  },
}

/** A validation rule that refuses documents beyond the limits before any resolver runs. */
export const limitDocuments =
  (limits: DocumentLimits) =>
  (context: ValidationContext): ASTVisitor => ({
    Document: (document) => {
      const sizes = measureFragments(document)
      for (const definition of document.definitions) {
        if (definition.kind !== Kind.OPERATION_DEFINITION) continue
        const counted = countOperation(definition.selectionSet, sizes, document)
        for (const name of Object.keys(REFUSALS) as (keyof DocumentLimits)[]) {
          if (counted[name] <= limits[name]) continue
          const { code, what, cure } = REFUSALS[name]
          const message = `${what(counted[name])}; ${limits[name]} are allowed`
          context.reportError(new GraphQLError(message, { extensions: { code, cure } }))
        }
      }
    },
  })

/** What the limits are for, counted of one operation. */
const countOperation = (
  selections: SelectionSetNode,
  sizes: Sizes,
  document: DocumentNode,
): DocumentLimits => {
  const { fields, directives } = sizeOf(selections, sizes)
  const { introspection, others } = rootDepths(selections, sizes)
  return {
    fields,
    directives,
    depth: others,
    introspectionDepth: introspection,
    rootFields: rootFieldsOf(selections, document),
  }
}

type Sizes = (name: string) => Size

const NOTHING: Size = { fields: 0, depth: 0, directives: 0 }

/** Fragments are measured once; a cycle counts as nothing, as another rule refuses it. */
const measureFragments = (document: DocumentNode): Sizes => {
  const definitions = fragmentsOf(document)
  const known = new Map<string, Size>()
  const sizes: Sizes = (name) => {
    const found = known.get(name)
    if (found !== undefined) return found
    known.set(name, NOTHING)
    const definition = definitions.get(name)
    const size = definition === undefined ? NOTHING : sizeOf(definition.selectionSet, sizes)
    known.set(name, size)
    return size
  }
  return sizes
}

const fragmentsOf = (document: DocumentNode): Map<string, FragmentDefinitionNode> =>
  new Map(
    document.definitions.flatMap((definition) =>
      definition.kind === Kind.FRAGMENT_DEFINITION ? [[definition.name.value, definition] as const] : [],
    ),
  )

const sizeOf = ({ selections }: SelectionSetNode, sizes: Sizes): Size => {
  let { fields, depth, directives } = NOTHING
  for (const selection of selections) {
    const inner = innerSize(selection, sizes)
    const own = selection.kind === Kind.FIELD ? 1 : 0
    fields += inner.fields + own
    depth = Math.max(depth, inner.depth + own)
    directives += inner.directives + (selection.directives?.length ?? 0)
  }
  return { fields, depth, directives }
}

const innerSize = (selection: SelectionSetNode['selections'][number], sizes: Sizes): Size => {
  if (selection.kind === Kind.FRAGMENT_SPREAD) return sizes(selection.name.value)
  return selection.selectionSet === undefined ? NOTHING : sizeOf(selection.selectionSet, sizes)
}

/** Only a field of that name at the root of an operation is introspection; a fragment's name means nothing. */
const rootDepths = (
  { selections }: SelectionSetNode,
  sizes: Sizes,
): { introspection: number; others: number } => {
  let introspection = 0
  let others = 0
  for (const selection of selections) {
    const own = selection.kind === Kind.FIELD ? 1 : 0
    const depth = innerSize(selection, sizes).depth + own
    const isSchema =
      selection.kind === Kind.FIELD &&
      (selection.name.value === '__schema' || selection.name.value === '__type')
    if (isSchema) introspection = Math.max(introspection, depth)
    else others = Math.max(others, depth)
  }
  return { introspection, others }
}

const rootFieldsOf = (set: SelectionSetNode, document: DocumentNode): number => {
  const fragments = fragmentsOf(document)
  const count = ({ selections }: SelectionSetNode, inside: ReadonlySet<string>): number => {
    let fields = 0
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) fields++
      else if (selection.kind === Kind.INLINE_FRAGMENT) fields += count(selection.selectionSet, inside)
      else {
        const { value } = selection.name
        const fragment = fragments.get(value)
        if (fragment !== undefined && !inside.has(value))
          fields += count(fragment.selectionSet, new Set([...inside, value]))
      }
      if (fields > 10_000) return fields
    }
    return fields
  }
  return count(set, new Set())
}
