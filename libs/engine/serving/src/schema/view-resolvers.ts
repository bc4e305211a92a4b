import type { Layer, PresentedRow } from '@tidewater/merge'
import type { Value } from '@tidewater/expr'
import type { GraphQLFieldResolver, GraphQLResolveInfo } from 'graphql'
import { rowFormatter } from '../format-values.ts'
import { parseInstant } from '../instant.ts'
import { checkFirst, defaultOrder, defaultRows } from '../list-question.ts'
import type { ListQuestion } from '../list-question.ts'
import type { Operation } from '../operation.ts'
import { resolveList } from '../resolve-list.ts'
import type { ListAnswer } from '../resolve-list.ts'
import { resolveRow } from '../resolve-row.ts'
import type { ServingPorts } from '../serving-ports.ts'
import type { ViewAccess } from '../view-access.ts'
import { filtersOf, orderOf, valueOf } from './list-arguments.ts'
import { selects } from './selects.ts'
import { keysArgument } from './view-sdl.ts'

/** What every resolver is handed. */
export interface OperationContext {
  readonly operation: Operation
}

export type Resolver = GraphQLFieldResolver<unknown, OperationContext, Record<string, unknown>>

const NOW = parseInstant('now')

const instant = (text: unknown): ListQuestion['to'] => (typeof text === 'string' ? parseInstant(text) : NOW)

/** `userActivity(userId: …)` */
export const rowResolver = (ports: ServingPorts, access: ViewAccess): Resolver => {
  const formatKeys = rowFormatter(access.keys)
  const formatMeasures = rowFormatter(access.measures)
  return async (_source, args, { operation }) => {
    operation.charge(1)
    const keys: Record<string, Value> = {}
    for (const { name, type } of access.keys) keys[name] = valueOf(args[name], type, name)
    const answer = await resolveRow(ports, operation, access, {
      keys,
      asOf: instant(args['asOf']),
      layer: args['layer'] as Layer,
    })
    if (answer === null) return null
    const row: Record<string, unknown> = {}
    formatKeys(keys, row)
    formatMeasures(answer.measures, row)
    row['freshness'] = answer.freshness
    return row
  }
}

/** `userActivityList(…)` and `salesByProduct(…)` */
export const listResolver = (ports: ServingPorts, access: ViewAccess): Resolver => {
  const present = listPresenter(access)
  const many = keysArgument(access)
  return async (_source, args, { operation }, info) => {
    const where = filtersOf(access, args['where'])
    const order = orderOf(args['orderBy'] as readonly Readonly<Record<string, unknown>>[] | null)
    const named = many === null ? null : (args[many.name] as readonly unknown[] | null | undefined)
    if (named !== null && named !== undefined) checkFirst(named.length, many?.name ?? '')
    const question: ListQuestion = {
      keys:
        named?.map((value) =>
          valueOf(value, (many?.key ?? access.keys[0])?.type ?? { kind: 'id' }, many?.name ?? ''),
        ) ?? null,
      ...where,
      groupBy: (args['groupBy'] as readonly string[] | null | undefined) ?? null,
      order: order ?? defaultOrder(access),
      first: checkFirst((args['first'] as number | null | undefined) ?? defaultRows(access), 'first'),
      after: (args['after'] as string | null | undefined) ?? null,
      layer: (args['layer'] as Layer | null | undefined) ?? 'MERGED',
      asOf: instant(args['asOf']),
      from: args['from'] === undefined || args['from'] === null ? null : instant(args['from']),
      to: instant(args['to']),
      every: (args['every'] as string | null | undefined) ?? null,
      zone: (args['zone'] as string | null | undefined) ?? null,
      wantsPrevious: access.view.window !== null && selects(info, 'rows', 'previous'),
      whole: wholeOf(info),
    }
    return present(await resolveList(ports, operation, access, question))
  }
}

/** What is selected that only all rows can tell, not those of the page. */
export const wholeOf = (info: GraphQLResolveInfo): ListQuestion['whole'] => {
  if (selects(info, 'total') || selects(info, 'others')) return 'sums'
  return selects(info, 'rowCount') ? 'count' : 'nothing'
}

type Measures = Readonly<Record<string, Value>>

/** A measure of nothing: counts and sums are 0, lists empty, the rest is missing. Only an expiring view has none of its own. */
const nothing = (access: ViewAccess): Measures =>
  Object.fromEntries(
    access.measures.map(({ name, type, optional }) => [
      name,
      optional ? null : type.kind === 'list' ? [] : 0,
    ]),
  )

/** Formats a list; totals are worked out when they are selected. */
export const listPresenter = (access: ViewAccess) => {
  const { view, keys, measures } = access
  const formatKeys = rowFormatter(keys)
  const formatMeasures = rowFormatter(measures)
  const totals = (values: Measures | null): Record<string, unknown> | null => {
    if (values === null) return null
    const row: Record<string, unknown> = {}
    formatMeasures(values, row)
    return row
  }
  const rowOf = (row: PresentedRow, answer: ListAnswer): Record<string, unknown> => {
    const presented: Record<string, unknown> = {}
    if (view.window !== null) {
      presented['start'] = new Date(row.start ?? 0).toISOString()
      presented['end'] = new Date(row.end ?? 0).toISOString()
    }
    formatKeys(row.keys, presented)
    formatMeasures(row.measures, presented)
    if (view.window !== null) presented['previous'] = totals(answer.previous(row))
    return presented
  }
  return (answer: ListAnswer) => ({
    rows: answer.rows.map((row) => {
      const presented = rowOf(row, answer)
      if (view.window === null) presented['freshness'] = answer.freshness
      return presented
    }),
    total: () => totals(answer.total() ?? nothing(access)),
    others: () => totals(answer.others()),
    rowCount: answer.rowCount,
    next: answer.next,
    freshness: answer.freshness,
  })
}
