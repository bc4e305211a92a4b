import { isAmount, keysOf, mainMeasure, measuresOf, type Definition } from '../../data/definitions.ts'

export type Layer = 'MERGED' | 'BATCH' | 'SPEED'
export const LAYERS: readonly Layer[] = ['MERGED', 'BATCH', 'SPEED']

/** One condition on a column. */
export interface Condition {
  readonly column: string
  readonly word: 'eq' | 'startsWith' | 'gt' | 'gte' | 'lt' | 'lte'
  readonly value: string
}

/** What is asked of a view, as it stands in the address. Null: the platform's own default. */
export interface Question {
  readonly layer: Layer
  readonly from: string | null
  readonly every: string | null
  /** Null: by all keys. */
  readonly groupBy: readonly string[] | null
  readonly where: readonly Condition[]
  readonly order: { readonly column: string; readonly direction: 'asc' | 'desc' } | null
  readonly limit: number
  readonly after: string | null
  /** What charts and layers are drawn of. */
  readonly measure: string | null
}

export const LIMITS = [25, 100, 500, 2_000]
export const WORDS: readonly Condition['word'][] = ['eq', 'startsWith', 'gt', 'gte', 'lt', 'lte']

type Asked = (name: string) => string | null

/** Reads an address; whatever does not fit this view is as if it were not there. */
export const questionOf = (definition: Definition, asked: Asked): Question => {
  const keys = keysOf(definition).map(({ name }) => name)
  const hasWindows = definition.every !== null
  const groupBy =
    asked('by')
      ?.split(',')
      .filter((name) => keys.includes(name)) ?? null
  const measure = measuresOf(definition).find(
    (column) => column.name === asked('measure') && isAmount(column),
  )
  const limit = Number(asked('limit'))
  return {
    layer: LAYERS.find((layer) => layer.toLowerCase() === asked('layer')) ?? 'MERGED',
    from: hasWindows
      ? asked('from') === 'all'
        ? null
        : (asked('from') ?? defaultFrom(definition.every ?? ''))
      : null,
    every: hasWindows ? asked('every') : null,
    groupBy: keys.length === 0 ? null : groupBy,
    where: conditionsOf(definition, asked('where')),
    order: orderOf(definition, asked('order')),
    limit: LIMITS.includes(limit) ? limit : 100,
    after: asked('after'),
    measure: measure?.name ?? mainMeasure(definition)?.name ?? null,
  }
}

const defaultFrom = (every: string): string | null =>
  /[sm]$/.test(every) ? 'now-1h' : every.endsWith('h') ? 'now-24h' : every.endsWith('d') ? 'now-90d' : null

const conditionsOf = (definition: Definition, text: string | null): readonly Condition[] =>
  (text ?? '').split('\n').flatMap((line) => {
    const [, column = '', word = '', value = ''] = /^(\w+) (\w+) (.+)$/.exec(line) ?? []
    const known = WORDS.find((one) => one === word)
    const isColumn = definition.columns.some(({ name }) => name === column)
    return known === undefined || !isColumn ? [] : [{ column, word: known, value }]
  })

/** The conditions as the address holds them: a line each. */
export const conditionsText = (conditions: readonly Condition[]): string =>
  conditions.map(({ column, word, value }) => `${column} ${word} ${value}`).join('\n')

const orderOf = (definition: Definition, text: string | null): Question['order'] => {
  const [, column = '', direction] = /^(\w+) (asc|desc)$/.exec(text ?? '') ?? []
  const isKnown =
    column === 'start' ? definition.every !== null : definition.columns.some(({ name }) => name === column)
  return isKnown && (direction === 'asc' || direction === 'desc') ? { column, direction } : null
}

type Where = Readonly<Record<string, Readonly<Record<string, string | number | boolean>>>>

/** The conditions as the generic view takes them. */
export const whereOf = (definition: Definition, conditions: readonly Condition[]): Where | null => {
  if (conditions.length === 0) return null
  const where: Record<string, Record<string, string | number | boolean>> = {}
  for (const { column, word, value } of conditions)
    where[column] = { ...where[column], [word]: typed(definition, column, value) }
  return where
}

const typed = (definition: Definition, name: string, value: string): string | number | boolean => {
  const type = definition.columns.find((column) => column.name === name)?.type
  if (type === 'boolean') return value === 'true'
  return type === 'number' && Number.isFinite(Number(value)) ? Number(value) : value
}

/** The variables of the generic view for this question. */
export const variablesOf = (definition: Definition, question: Question) => ({
  name: definition.name,
  from: question.from,
  every: question.every,
  groupBy: question.groupBy === null ? null : [...question.groupBy],
  where: whereOf(definition, question.where),
  order: question.order === null ? null : `${question.order.column} ${question.order.direction}`,
  limit: question.limit,
  after: question.after,
})

/** The variables of every operation that asks this question, and what of them each of its fields hands on. */
export const ASKED =
  '$name: String! $from: Instant $every: Period $groupBy: [String!] $where: JSON $order: String $limit: Int'
export const OF_VIEW = 'name: $name from: $from every: $every groupBy: $groupBy where: $where'
