import { Kind } from 'graphql'
import type { GraphQLResolveInfo, SelectionSetNode } from 'graphql'

/** Whether a field's selection holds `path` somewhere, fragments included; directives are not weighed. */
export const selects = (info: GraphQLResolveInfo, ...path: readonly string[]): boolean =>
  info.fieldNodes.some(({ selectionSet }) => holds(selectionSet, path, info))

const holds = (
  set: SelectionSetNode | undefined,
  path: readonly string[],
  info: GraphQLResolveInfo,
): boolean => {
  const [name, ...rest] = path
  if (name === undefined) return true
  if (set === undefined) return false
  return set.selections.some((selection) => {
    if (selection.kind === Kind.FIELD)
      return selection.name.value === name && holds(selection.selectionSet, rest, info)
    if (selection.kind === Kind.INLINE_FRAGMENT) return holds(selection.selectionSet, path, info)
    return holds(info.fragments[selection.name.value]?.selectionSet, path, info)
  })
}
