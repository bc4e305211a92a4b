import type { AggregateCall, Expr } from '../node.ts'
import type { Type } from '../type.ts'
import { floorDivSql, type SqlDialect } from './dialect.ts'
import type { Printing } from './printing.ts'
import { printArithmetic, printClamp, printCompare, printExtreme } from './print-number.ts'
import { asDouble, asType } from './print-conversion.ts'
import { printLiteral } from './print-literal.ts'
import { printRound } from './print-round.ts'
import { printIsIn, printWeigh } from './print-text.ts'

/** What an expression stands in: how its leaves are printed, each in cell form. */
export interface SqlScope {
  field(name: string, type: Type): string
  /** The value of a table's field for a key in cell form; NULL without a row. */
  lookup(table: string, field: string, key: string): string
  aggregate(call: AggregateCall): string
  /** "Now" of the answer, ms. */
  readonly asOf: string
}

/**
 * An expression as SQL text in cell form (see `SqlDialect`). Missing is NULL, conditions have three values, and a
 * double that would be infinite or no number is missing, as in JavaScript. Literals are escaped and names quoted.
 */
export function printExpr(expr: Expr, dialect: SqlDialect, scope: SqlScope): string {
  const print = (operand: Expr): string => printExpr(operand, dialect, scope)
  const printing: Printing = { dialect, print }
  switch (expr.op) {
    case 'field':
      return scope.field(expr.name, expr.type)
    case 'literal':
      return printLiteral(expr.value, expr.type, dialect)
    case 'lookup':
      return scope.lookup(expr.table, expr.field, print(expr.args[0]))
    case 'aggregate':
      return scope.aggregate(expr.call)
    case 'orSkip':
      return print(expr.args[0])
    case 'not':
      return `(NOT ${print(expr.args[0])})`
    case 'isMissing':
      return `(${print(expr.args[0])} IS NULL)`
    case 'isKnown':
      return `(${print(expr.args[0])} IS NOT NULL)`
    case 'abs':
      // ClickHouse makes an unsigned number of it, which fits no other integer.
      return `CAST(abs(${print(expr.args[0])}) AS ${dialect.cellType(expr.type)})`
    case 'log1p':
      return dialect.finite(dialect.log1p(asDouble(expr.args[0], printing)))
    case 'lower':
      return dialect.lower(print(expr.args[0]))
    case 'hourOfDay':
      return `((${floorDivSql(dialect, print(expr.args[0]), 3_600_000)} % 24 + 24) % 24)`
    case 'startOf':
      return dialect.startOfUtc(expr.unit, print(expr.args[0]))
    case 'secondsAgo':
      return `(CAST(${scope.asOf} - ${print(expr.args[0])} AS ${dialect.cellType({ kind: 'number' })}) / 1e3)`
    case 'plus':
    case 'minus':
    case 'times':
      return printArithmetic(expr.op, expr.args, expr.type, printing)
    case 'dividedBy':
      // x / 0 is infinite or no number.
      return dialect.finite(`(${asDouble(expr.args[0], printing)} / ${asDouble(expr.args[1], printing)})`)
    case 'greatest':
    case 'least':
      return printExtreme(expr.op, expr.args, expr.type, printing)
    case 'is':
    case 'above':
    case 'below':
    case 'atLeast':
    case 'atMost':
      return printCompare(expr.op, expr.args, printing)
    case 'and':
      return `(${print(expr.args[0])} AND ${print(expr.args[1])})`
    case 'or':
      return `(${print(expr.args[0])} OR ${print(expr.args[1])})`
    case 'orElse':
      return `coalesce(${asType(expr.args[0], expr.type, printing)}, ${asType(expr.args[1], expr.type, printing)})`
    case 'onlyIf':
      return `CASE WHEN ${print(expr.args[1])} THEN ${print(expr.args[0])} END`
    case 'clamp':
      return printClamp(expr.args, expr.type, printing)
    case 'round':
      return printRound(expr.args[0], expr.digits, expr.type, printing)
    case 'isIn':
      return printIsIn(expr.args[0], expr.values, printing)
    case 'weigh':
      return printWeigh(expr.args[0], expr.weights, expr.type, printing)
  }
}
