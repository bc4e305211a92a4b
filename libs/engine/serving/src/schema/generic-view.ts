import { PlatformError } from '@tidewater/base'
import type { Layer } from '@tidewater/merge'
import { typeName } from 'tidewater'
import { parseInstant } from '../instant.ts'
import { checkFirst, defaultOrder, defaultRows } from '../list-question.ts'
import { viewNamed } from '../read-all.ts'
import { resolveList } from '../resolve-list.ts'
import type { ServingPorts } from '../serving-ports.ts'
import type { Column, ViewAccess } from '../view-access.ts'
import { filtersOf, parseOrder, valueOf } from './list-arguments.ts'
import { wholeOf, listPresenter } from './view-resolvers.ts'
import type { Resolver } from './view-resolvers.ts'

const isGiven = (value: unknown): boolean => value !== undefined && value !== null
const given = <T>(value: unknown): T | null => (isGiven(value) ? (value as T) : null)

/** `key: "u1"` for a view with one key, `key: {"productId": …, "category": …}` for several; as filters. */
const keyFilters = (access: ViewAccess, key: unknown) => {
  if (!isGiven(key)) return []
  const [only] = access.keys
  const isObject = typeof key === 'object' && !Array.isArray(key)
  const byName = isObject
    ? (key as Record<string, unknown>)
    : access.keys.length === 1 && only !== undefined
      ? { [only.name]: key }
      : null
  const missing =
    byName === null ? access.keys : access.keys.filter(({ name }) => !Object.hasOwn(byName, name))
  const names = access.keys.map(({ name }) => name)
  if (byName === null || missing.length > 0 || Object.keys(byName).some((name) => !names.includes(name))) {
    throw new PlatformError(
      'BAD_INPUT',
      `key must hold ${names.join(', ') || 'nothing: this view has no key'}`,
      `write key: {${names.map((name) => `"${name}": …`).join(', ')}}`,
      'key',
    )
  }
  return access.keys.map(({ name, type }) => ({
    column: name,
    test: { eq: valueOf(byName[name], type, `key.${name}`) },
  }))
}

const groupByOf = (access: ViewAccess, names: readonly string[] | null): readonly string[] | null => {
  const keys = access.keys.map(({ name }) => name)
  const unknown = names?.find((name) => !keys.includes(name))
  if (unknown === undefined) return names
  throw new PlatformError(
    'BAD_INPUT',
    `${access.view.name} has no key '${unknown.slice(0, 60)}'`,
    `keys: ${keys.join(', ') || 'none'}`,
    'groupBy',
  )
}

const columnsOf = ({ view, keys, measures }: ViewAccess) => {
  const time = view.window === null ? [] : ['start', 'end']
  const described = ({ name, type, doc, role }: Column) => ({
    name,
    type: typeName(type),
    unit: null,
    doc,
    role,
  })
  return [
    ...time.map((name) => ({ name, type: 'instant', unit: null, doc: null, role: 'TIME' })),
    ...[...keys, ...measures].map(described),
  ]
}

/** `view(name: …)`: every view for tools that do not know the schema. */
export const genericViewResolver = (
  ports: ServingPorts,
  views: ReadonlyMap<string, ViewAccess>,
): Resolver => {
  const presenters = new Map([...views].map(([name, access]) => [name, listPresenter(access)]))
  return async (_source, args, { operation }, info) => {
    const access = viewNamed(views, args['name'] as string)
    const { where, having } = filtersOf(access, args['where'])
    const answer = await resolveList(ports, operation, access, {
      keys: null,
      where: [...where, ...keyFilters(access, args['key'])],
      having,
      groupBy: groupByOf(access, given(args['groupBy'])),
      order: parseOrder(access, given(args['orderBy'])) ?? defaultOrder(access),
      first: checkFirst(given<number>(args['limit']) ?? defaultRows(access), 'limit'),
      after: given(args['after']),
      layer: given<Layer>(args['layer']) ?? 'MERGED',
      asOf: parseInstant(given<string>(args['asOf']) ?? 'now'),
      from: isGiven(args['from']) ? parseInstant(args['from'] as string) : null,
      to: parseInstant(given<string>(args['to']) ?? 'now'),
      every: given(args['every']),
      zone: given(args['zone']),
      wantsPrevious: false,
      whole: wholeOf(info),
    })
    const page = presenters.get(access.view.name)?.(answer)
    const plain = (row: Record<string, unknown>): Record<string, unknown> => {
      const { freshness: _freshness, previous: _previous, ...columns } = row
      return columns
    }
    return { ...page, columns: columnsOf(access), rows: page?.rows.map(plain) }
  }
}
