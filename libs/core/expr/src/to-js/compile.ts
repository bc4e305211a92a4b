import { startOfUtc } from '@tidewater/windows'
import { isBinary, isUnary } from '../node.ts'
import type { Binary, Expr, Op, Unary, Value } from '../node.ts'
import { isExact, isNumeric, scaleOf } from '../type.ts'
import type { Type } from '../type.ts'
import { JsBody } from './js-body.ts'
import { exactLiteral, literalValue, sourceOf } from './literals.ts'
import { arithmetic, convert, finite, rounded } from './numbers.ts'
import type { Atom, JsScope, TableRows } from './scope.ts'

const lowerAscii = (text: string): string => text.replace(/[A-Z]+/g, (part) => part.toLowerCase())
const hourOfDay = (ms: number): number => ((Math.floor(ms / 3_600_000) % 24) + 24) % 24
const log1p = (x: number): number | null => (x > -1 ? finite(Math.log1p(x)) : null)
const divide = (x: number, y: number): number | null => (y === 0 ? null : finite(x / y))

const COMPARE = { is: '===', above: '>', below: '<', atLeast: '>=', atMost: '<=' } as const

const NUMBER: Type = { kind: 'number' }

/** The type in which two operands are compared. */
const common = (a: Type, b: Type): Type => {
  if (!isNumeric(a) || !isNumeric(b)) return a
  if (!isExact(a) || !isExact(b)) return NUMBER
  return { kind: 'decimal', digits: Math.max(a.digits, b.digits), scale: Math.max(scaleOf(a), scaleOf(b)) }
}

/** Writes the statements that compute `expr` into the body and answers the name of its value. */
export const emit = (body: JsBody, expr: Expr, scope: JsScope): Atom => {
  const of = (operand: Expr): Atom => emit(body, operand, scope)
  const named = (source: string, nullable: boolean): Atom => ({ source: body.declare(source), nullable })
  /** `source` where none of its operands is null, else null. */
  const strict = (operands: readonly Atom[], source: string, mayFail = false): Atom => {
    const missing = operands.filter((atom) => atom.nullable).map((atom) => `${atom.source} === null`)
    const nullable = missing.length > 0
    return named(nullable ? `${missing.join(' || ')} ? null : ${source}` : source, nullable || mayFail)
  }
  /** The operand in another type; conversions never fail. */
  const as = (operand: Expr, type: Type): Atom => {
    const atom = of(operand)
    const source = convert(body, atom.source, operand.type, type)
    return source === atom.source ? atom : strict([atom], source)
  }

  if (isBinary(expr)) return emitBinary(body, expr, of, as, strict)
  if (isUnary(expr)) return emitUnary(body, expr, as, strict, scope)
  switch (expr.op) {
    case 'field':
      // Whatever its definition says now: a row may be from before the field was required (A4).
      return named(scope.field(expr.name), true)
    case 'literal':
      return { source: sourceOf(literalValue(expr.value, expr.type)), nullable: false }
    case 'aggregate':
      return scope.aggregate(expr.call)
    case 'lookup':
      return emitLookup(body, expr, of(expr.args[0]), scope.tables)
    case 'clamp':
      return emitClamp(expr, as, strict)
    case 'isIn': {
      const x = of(expr.args[0])
      const tests = expr.values.map((value) => `${x.source} === ${JSON.stringify(value)}`)
      return strict([x], tests.length === 0 ? 'false' : `(${tests.join(' || ')})`)
    }
    case 'weigh':
      return emitWeigh(body, expr, of(expr.args[0]), strict)
    case 'round':
    case 'startOf':
      return emitUnary(body, expr, as, strict, scope)
  }
}

type As = (operand: Expr, type: Type) => Atom
type Strict = (operands: readonly Atom[], source: string, mayFail?: boolean) => Atom

/** Both operands are emitted here, each once. */
const emitBinary = (
  body: JsBody,
  expr: Op<Binary>,
  of: (operand: Expr) => Atom,
  as: As,
  strict: Strict,
): Atom => {
  const named = (source: string, nullable: boolean): Atom => ({ source: body.declare(source), nullable })
  switch (expr.op) {
    case 'plus':
    case 'minus':
    case 'times': {
      const [a, b] = [of(expr.args[0]), of(expr.args[1])]
      return strict([a, b], arithmetic(body, expr, expr.op, a.source, b.source), expr.type.kind === 'number')
    }
    case 'dividedBy': {
      const [a, b] = [as(expr.args[0], NUMBER), as(expr.args[1], NUMBER)]
      return strict([a, b], `${body.constant(divide)}(${a.source}, ${b.source})`, true)
    }
    case 'greatest':
    case 'least': {
      const [a, b] = [as(expr.args[0], expr.type), as(expr.args[1], expr.type)]
      const first = `${a.source} ${expr.op === 'greatest' ? '>=' : '<='} ${b.source}`
      return strict([a, b], `${first} ? ${a.source} : ${b.source}`)
    }
    case 'is':
    case 'above':
    case 'below':
    case 'atLeast':
    case 'atMost': {
      const type = common(expr.args[0].type, expr.args[1].type)
      const [a, b] = [as(expr.args[0], type), as(expr.args[1], type)]
      return strict([a, b], `${a.source} ${COMPARE[expr.op]} ${b.source}`)
    }
    case 'and':
    case 'or':
      return emitLogic(body, expr.op, of(expr.args[0]), of(expr.args[1]))
    case 'orElse': {
      const [a, b] = [as(expr.args[0], expr.type), as(expr.args[1], expr.type)]
      return a.nullable ? named(`${a.source} === null ? ${b.source} : ${a.source}`, b.nullable) : a
    }
    case 'onlyIf':
      return named(`${of(expr.args[1]).source} === true ? ${as(expr.args[0], expr.type).source} : null`, true)
  }
}

const emitUnary = (
  body: JsBody,
  expr: Op<Unary> | Op<'round'> | Op<'startOf'>,
  as: As,
  strict: Strict,
  scope: JsScope,
): Atom => {
  const operand = expr.args[0]
  const x = as(operand, expr.op === 'log1p' ? NUMBER : operand.type)
  const call = (fn: (...args: never[]) => Value): string => `${body.constant(fn)}(${x.source})`
  switch (expr.op) {
    case 'orSkip':
      return x
    case 'isMissing':
    case 'isKnown':
      return {
        source: body.declare(`${x.source} ${expr.op === 'isMissing' ? '===' : '!=='} null`),
        nullable: false,
      }
    case 'abs':
      return strict([x], `${x.source} < 0 ? -${x.source} : ${x.source}`)
    case 'not':
      return strict([x], `!${x.source}`)
    case 'round':
      return strict([x], rounded(body, x.source, operand.type, expr.digits))
    case 'log1p':
      return strict([x], call(log1p), true)
    case 'lower':
      return strict([x], call(lowerAscii))
    case 'hourOfDay':
      return strict([x], call(hourOfDay))
    case 'startOf':
      return strict([x], `${body.constant(startOfUtc)}(${JSON.stringify(expr.unit)}, ${x.source})`)
    case 'secondsAgo':
      return strict([x], `(${scope.asOf} - ${x.source}) / 1000`)
  }
}

const emitLogic = (body: JsBody, op: 'and' | 'or', a: Atom, b: Atom): Atom => {
  const nullable = a.nullable || b.nullable
  if (!nullable)
    return { source: body.declare(`${a.source} ${op === 'and' ? '&&' : '||'} ${b.source}`), nullable }
  const decides = String(op === 'or')
  const either = (value: string): string => `${a.source} === ${value} || ${b.source} === ${value}`
  const source = `${either(decides)} ? ${decides} : ${either('null')} ? null : ${String(op === 'and')}`
  return { source: body.declare(source), nullable }
}

const emitClamp = (expr: Op<'clamp'>, as: As, strict: Strict): Atom => {
  const x = as(expr.args[0], expr.type)
  const low = expr.args[1] === null ? null : as(expr.args[1], expr.type)
  const high = as(expr.args[2], expr.type)
  const capped = `${x.source} > ${high.source} ? ${high.source} : ${x.source}`
  if (low === null) return strict([x, high], capped)
  return strict([x, low, high], `${x.source} < ${low.source} ? ${low.source} : ${capped}`)
}

/** A chain of comparisons up to here, a map beyond. */
const MAX_CHAIN = 12

const emitWeigh = (body: JsBody, expr: Op<'weigh'>, text: Atom, strict: Strict): Atom => {
  const weight = (text: string): Value =>
    isExact(expr.type) ? exactLiteral(text, scaleOf(expr.type)) : Number(text)
  const weights = Object.entries(expr.weights).map(([value, text]) => [value, weight(text)] as const)
  if (weights.length > MAX_CHAIN)
    return strict([text], `${body.constant(new Map(weights))}.get(${text.source}) ?? 0`)
  const chain = weights.map(([value, w]) => `${text.source} === ${JSON.stringify(value)} ? ${sourceOf(w)} : `)
  return strict([text], `${chain.join('')}0`)
}

const emitLookup = (body: JsBody, expr: Op<'lookup'>, key: Atom, tables: TableRows): Atom => {
  const rows = tables.get(expr.table)
  if (rows === undefined) throw new Error(`no table '${expr.table}' is loaded`)
  return {
    source: body.declare(
      `${body.constant(rows)}.get(${key.source})?.[${JSON.stringify(expr.field)}] ?? null`,
    ),
    nullable: true,
  }
}

/** A row's expression as a function; `tables` holds what its lookups read. */
export const compileRowExpr = (
  expr: Expr,
  tables: TableRows = new Map(),
): ((row: Readonly<Record<string, Value>>) => Value) => {
  const body = new JsBody()
  const value = emit(body, expr, rowScope('row', tables))
  return body.build(`return (row) => {\n${body.lines.join('\n')}\nreturn ${value.source};\n}`)
}

/** Fields of a row held by the variable `row`. */
export const rowScope = (row: string, tables: TableRows): JsScope => ({
  field: (name) => `${row}[${JSON.stringify(name)}]`,
  aggregate: (call) => {
    throw new Error(`${call.fn} stands inside an expression of one event`)
  },
  get asOf(): string {
    throw new Error('secondsAgo stands inside an expression of one event')
  },
  tables,
})
