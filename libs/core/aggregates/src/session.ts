import { putCount, putSigned, seconds, minutes } from '@tidewater/base'
import type { ByteReader, Duration } from '@tidewater/base'
import type { SqlDialect } from '@tidewater/expr'
import { only } from './aggregate.ts'
import type { RowsAggregate, RowsSql } from './aggregate.ts'
import { INSTANT, INT, NUMBER, column, countColumn } from './column.ts'
import type { CellCall } from './column.ts'
import type { Meaning } from './meaning.ts'
import { addSession, mergeSessions, sessionEvents, sessionSeconds, sessionStart } from './session-list.ts'
import type { Sessions } from './session-list.ts'

/** What may be read of the open session: how, of which type, and what there is without one. */
const READS = {
  seconds: { of: sessionSeconds, type: NUMBER, none: '0' },
  events: { of: sessionEvents, type: INT, none: '0' },
  startedAt: { of: sessionStart, type: INSTANT, none: 'null' },
} as const

type Read = keyof typeof READS

const readOf = (read: string | null): (typeof READS)[Read] => READS[(read ?? 'seconds') as Read]
const gapOf = ({ options }: CellCall): number => (options['gap'] as Duration).ms

export const session: RowsAggregate = {
  doc: 'The session open at the answer’s moment: rows with no silence longer than the gap (semantics V5).',
  keeps: 'rows',
  of: 'nothing',
  answer: (_arg, read) => ({ type: readOf(read).type, optional: readOf(read).none === 'null' }),
  options: { gap: [seconds(1), minutes(1), minutes(30)] },
  reads: Object.keys(READS),
  /** A row is one session: its start is the tile. */
  columns: (_call, name) => [column(`${name}_end`, INSTANT), countColumn(`${name}_events`)],
  code(call, body) {
    const gap = gapOf(call)
    const [add, merge] = [body.constant(addSession), body.constant(mergeSessions)]
    return {
      zeros: ['null'],
      add: ([list = ''], { at }) =>
        `if (${list} === null) ${list} = [0, ${at}, ${at}, 1]; else ${add}(${list}, ${at}, ${at}, 1, ${gap});`,
      merge: ([into = ''], [from = '']) =>
        `if (${from} !== null) { if (${into} === null) ${into} = ${from}.slice(); else ${merge}(${into}, ${from}, ${gap}); }`,
      take: ([list = ''], { values: [end, events], tile }) =>
        `if (${list} === null) ${list} = [0]; ${add}(${list}, ${tile}, ${end}, ${events}, ${gap});`,
      present([list = ''], { asOf, read }) {
        const { of, none } = readOf(read)
        return {
          source: `${list} === null ? ${none} : ${body.constant(of)}(${list}, ${asOf}, ${gap})`,
          nullable: none === 'null',
        }
      },
      incomplete: (slots) => `(${only(slots)} !== null && ${only(slots)}[0] === 1)`,
      bytes: {
        write: (slots) => `at = ${body.constant(putSessions)}(bytes, at, ${only(slots)});`,
        reads: [`${body.constant(readSessions)}(r)`],
        sized: 9,
        bound: (slots) => `(${only(slots)} === null ? 0 : ${only(slots)}.length * 9)`,
      },
    }
  },
  rowsOf(slot) {
    const [, ...flat] = (slot ?? [0]) as Sessions
    return Array.from({ length: flat.length / 3 }, (_, n) => {
      const [start = 0, ...values] = flat.slice(n * 3, n * 3 + 3)
      return { tile: start, values }
    })
  },
  sql: (call, columns, dialect) => ({
    add: ({ at, only }, group) => ({
      from: `(${intervalsSql(gapOf(call), dialect, at, only, group)}) AS s`,
      tile: 's.started',
      values: ['s.ended', 's.events'],
    }),
    merge: (slots, rows, group) => ({
      from: `(${joinedSql(gapOf(call), columns, dialect, { slots, rows, group })}) AS s`,
      tile: 's.started_ms',
      values: ['s.ended_ms', 's.total'],
    }),
    present: (rows, group, asOf) => openSessionSql(gapOf(call), columns, dialect, { rows, group, asOf }),
    read: readSql,
  }),
  meaning: (rows, call, asOf) => sessionOf(rows, call, asOf),
}

/**
 * Bytes: the number of sessions (doubled, plus 1 when some were dropped), then each start's distance from the end before,
 * its length and events.
 */
const putSessions = (bytes: Uint8Array, from: number, list: Sessions | null): number => {
  if (list === null) return putCount(bytes, from, 0)
  let at = putCount(bytes, from, ((list.length - 1) / 3) * 2 + (list[0] as number))
  for (let i = 1; i < list.length; i += 3) {
    const [start, end, events] = [list[i] as number, list[i + 1] as number, list[i + 2] as number]
    at = i === 1 ? putSigned(bytes, at, start) : putCount(bytes, at, start - (list[i - 2] as number))
    at = putCount(bytes, at, end - start)
    at = putCount(bytes, at, events)
  }
  return at
}

const readSessions = (reader: ByteReader): Sessions | null => {
  const count = reader.count()
  if (count === 0) return null
  if (count === 1) return [1]
  const start = reader.signed()
  let end = start + reader.count()
  // Most have one: an array that grows is made twice.
  const list: Sessions = [count % 2, start, end, reader.count()]
  for (let n = 1; n < count >> 1; n++) {
    const start = end + reader.count()
    end = start + reader.count()
    list.push(start, end, reader.count())
  }
  return list
}

/**
 * The intervals in the source: gaps and islands. Rows closer than or exactly `gap` to the one before belong to its session;
 * one row per session with its start, end and number of events.
 * RANGE counts the heads of all rows of one moment: their order may differ from one window function to the next.
 */
const intervalsSql = (
  gap: number,
  dialect: SqlDialect,
  at: string,
  only: string | null,
  columns: readonly string[],
): string => {
  const names = columns.join(', ')
  const group = columns.map((name) => `s.${name}`).join(', ')
  const own = columns.map((name) => `s.${name} AS ${name}`).join(', ')
  const before = `lag(CAST(${at} AS ${dialect.cellType(INSTANT)})) OVER (PARTITION BY ${group} ORDER BY ${at})`
  const condition = only === null ? '' : ` WHERE ${only}`
  return `SELECT ${names}, min(at_ms) AS started, max(at_ms) AS ended, count(*) AS events FROM (
  SELECT ${names}, at_ms, sum(CASE WHEN at_ms - before_ms <= ${gap} THEN 0 ELSE 1 END)
    OVER (PARTITION BY ${names} ORDER BY at_ms RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS island
  FROM (SELECT ${own}, ${at} AS at_ms, ${before} AS before_ms FROM source AS s${condition}) AS gaps
) AS islands GROUP BY ${names}, island`
}

interface Intervals {
  /** The relation they are in, and which of its rows they are. */
  readonly slots: string
  readonly rows: string
  readonly group: readonly string[]
}

/** Intervals of all partitions and slices of a group, joined where they overlap or lie within the gap. */
const joinedSql = (
  gap: number,
  [end, events]: readonly string[],
  dialect: SqlDialect,
  { slots, rows, group }: Intervals,
): string => {
  const names = group.join(', ')
  const own = group.map((name) => `s.${name} AS ${name}`).join(', ')
  const partition = group.map((name) => `s.${name}`).join(', ')
  const integer = dialect.cellType(INT)
  // Before the first interval there is no end: NULL, which the type must allow.
  const endSoFar = `max(CAST(s.${end} AS ${integer})) OVER (PARTITION BY ${partition}
    ORDER BY s._tile, s.${end} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)`
  const intervals = `SELECT ${own}, s._tile AS start_ms, s.${end} AS end_ms, s.${events} AS n,
    ${endSoFar} AS end_before FROM ${slots} AS s WHERE ${rows}`
  const numbered = `SELECT ${names}, start_ms, end_ms, n, sum(CASE WHEN start_ms - end_before <= ${gap} THEN 0 ELSE 1 END)
    OVER (PARTITION BY ${names} ORDER BY start_ms, end_ms
      RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS island
    FROM (${intervals}) AS intervals`
  return `SELECT ${names}, min(start_ms) AS started_ms, max(end_ms) AS ended_ms,
    CAST(sum(n) AS ${integer}) AS total FROM (${numbered}) AS numbered GROUP BY ${names}, island`
}

/** The session open at `asOf` of each group of `bound`: of those begun by `asOf` the last, unless it is silent for longer. */
const openSessionSql = (
  gap: number,
  columns: readonly string[],
  dialect: SqlDialect,
  { rows, group, asOf }: Omit<Intervals, 'slots'> & { readonly asOf: string },
): string => {
  const names = group.join(', ')
  const seconds = `CAST(ended_ms - started_ms AS ${dialect.cellType(NUMBER)}) / 1e3`
  const sessions = joinedSql(gap, columns, dialect, { slots: 'bound', rows, group })
  const begun = `SELECT ${names}, started_ms, ended_ms, total,
    row_number() OVER (PARTITION BY ${names} ORDER BY started_ms DESC) AS nth
    FROM (${sessions}) AS sessions WHERE started_ms <= ${asOf}`
  return `SELECT ${names}, started_ms AS started, ${seconds} AS seconds, total AS events
    FROM (${begun}) AS begun WHERE nth = 1 AND ${asOf} - ended_ms <= ${gap}`
}

/** Nothing is joined to a group without an open session. */
const readSql: RowsSql['read'] = (relation, read) => {
  if (read === 'startedAt') return `${relation}.started`
  return read === 'events' ? `coalesce(${relation}.events, 0)` : `coalesce(${relation}.seconds, 0e0)`
}

const sessionOf: Meaning = (rows, { options, read }, asOf) => {
  const { ms: gap } = options['gap'] as Duration
  const sessions: { start: number; end: number; events: number }[] = []
  for (const { at } of rows) {
    const last = sessions.at(-1)
    if (last === undefined || at - last.end > gap) sessions.push({ start: at, end: at, events: 1 })
    else Object.assign(last, { end: at, events: last.events + 1 })
  }
  const open = sessions.find(({ start, end }) => start <= asOf && asOf - end <= gap)
  if (read === 'startedAt') return open?.start ?? null
  if (read === 'events') return BigInt(open?.events ?? 0)
  return open === undefined ? 0 : (open.end - open.start) / 1000
}
