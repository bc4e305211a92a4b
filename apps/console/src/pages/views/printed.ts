import { keysOf, measuresOf, type Definition } from '../../data/definitions.ts'
import { whereOf, type Condition, type Question } from './question.ts'

const NAME = /^[_A-Za-z]\w*$/

/** A value as GraphQL writes it: names of an enum are bare, object fields too. */
const literal = (value: unknown, isEnum: boolean): string => {
  if (typeof value === 'object' && value !== null)
    return `{ ${Object.entries(value)
      .map(([name, inner]) => `${name}: ${literal(inner, isEnum)}`)
      .join(', ')} }`
  return isEnum && typeof value === 'string' && NAME.test(value) ? value : JSON.stringify(value)
}

/** The question by the view's own field, every column chosen. */
export const graphqlOf = (definition: Definition, question: Question): string => {
  const { every, columns } = definition
  const field = definition.fields.at(-1) ?? ''
  const where = Object.entries(whereOf(definition, question.where) ?? {}).map(([name, test]) => {
    const isEnum = columns.find((column) => column.name === name)?.type.startsWith('oneOf') === true
    return `${name}: ${literal(test, isEnum)}`
  })
  const { order } = question
  const words = [
    question.from === null ? null : `from: ${JSON.stringify(question.from)}`,
    question.every === null ? null : `every: ${JSON.stringify(question.every)}`,
    question.groupBy === null ? null : `groupBy: [${question.groupBy.join(', ')}]`,
    where.length === 0 ? null : `where: { ${where.join(', ')} }`,
    order === null ? null : `orderBy: [{ ${order.column}: ${order.direction.toUpperCase()} }]`,
    `first: ${question.limit}`,
    question.layer === 'MERGED' ? null : `layer: ${question.layer}`,
  ].filter((word) => word !== null)
  const keys = keysOf(definition).filter(
    ({ name }) => question.groupBy === null || question.groupBy.includes(name),
  )
  const chosen = [
    ...(every === null ? [] : ['start']),
    ...[...keys, ...measuresOf(definition)].map(({ name }) => name),
  ]
  return `{
  ${field}(${words.join(', ')}) {
    rows { ${chosen.join(' ')} }
    freshness { generation offsets { topic partition next } lagMs degraded }
  }
}`
}

/** Ready for a shell. */
export const curlOf = (query: string, origin: string): string => {
  const body = JSON.stringify({ query: query.replace(/\s+/g, ' ') })
  return `curl -s ${origin}/graphql -H 'content-type: application/json' -d '${body.replaceAll("'", "'\\''")}'`
}

const snake = (name: string): string => name.replace(/([a-z\d])([A-Z])/g, '$1_$2').toLowerCase()
const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`

const columnOf = (definition: Definition, name: string): string =>
  name === 'start' && definition.every !== null ? 'window_start' : snake(name)

const testOf = (definition: Definition, { column, word, value }: Condition): string => {
  const type = definition.columns.find(({ name }) => name === column)?.type ?? ''
  const isNumber = /^(?:int|number|decimal)/.test(type) && /^-?\d+(?:\.\d+)?$/.test(value)
  const written = isNumber ? value : quoted(value)
  if (word === 'startsWith') return `${snake(column)} LIKE ${quoted(`${value.replace(/[%_\\]/g, '\\$&')}%`)}`
  return `${snake(column)} ${{ eq: '=', gt: '>', gte: '>=', lt: '<', lte: '<=' }[word]} ${written}`
}

const LENGTHS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 }

/** An instant as both engines read it, whatever zone a session is in: '2026-11-21 10:00:00', UTC as the column is. */
const instantOf = (from: string, now: number): string => {
  const [, number, unit = ''] = /^now-(\d+)([mhd])$/.exec(from) ?? []
  const ms = number === undefined ? Date.parse(from) : now - Number(number) * (LENGTHS[unit] ?? 0)
  return Number.isNaN(ms) ? from : new Date(ms).toISOString().slice(0, 19).replace('T', ' ')
}

/** Rows of the published view, in the words both engines know; `now` in ms. */
export const sqlOf = (definition: Definition, question: Question, now: number): string => {
  const { from } = question
  const tests = [
    ...(definition.every === null || from === null
      ? []
      : [`window_start >= ${quoted(instantOf(from, now))}`]),
    ...question.where.map((condition) => testOf(definition, condition)),
  ]
  const { order } = question
  const isJoined = question.every !== null || question.groupBy !== null
  return [
    ...(isJoined
      ? [
          '-- Windows and groups as they are kept: means and distincts of joined ones are no sum of these rows.',
        ]
      : []),
    `SELECT * FROM ${definition.table}`,
    ...(tests.length === 0 ? [] : [`WHERE ${tests.join('\n  AND ')}`]),
    ...(order === null
      ? []
      : [`ORDER BY ${columnOf(definition, order.column)} ${order.direction.toUpperCase()}`]),
    `LIMIT ${question.limit}`,
  ].join('\n')
}
