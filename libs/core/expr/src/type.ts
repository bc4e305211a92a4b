/** The type of a measure: of one value, or of a list of them, which only an aggregate answers. */
export type Type = ScalarType | ListType

/** The items are always there, and their order means something. */
export interface ListType {
  readonly kind: 'list'
  readonly of: ScalarType | EntryType
}

/** What belongs to a text, such as how often it occurs. Only lists have entries. */
export interface EntryType {
  readonly kind: 'entry'
  readonly value: ScalarType
}

/** The type of one value. Exact numbers (`int`, `decimal`) carry their width in digits; see semantics V1. */
export type ScalarType =
  | { readonly kind: 'id' | 'text' | 'number' | 'boolean' | 'instant' }
  | { readonly kind: 'oneOf'; readonly values: readonly string[] }
  | { readonly kind: 'int'; readonly digits: number }
  | { readonly kind: 'decimal'; readonly digits: number; readonly scale: number }

export type Kind = Type['kind']

/** Digits of an `int` field: |x| <= 999,999,999,999,999. */
export const INT_DIGITS = 15
/** The widest exact expression an engine may compute per row, in digits. */
export const MAX_EXPRESSION_DIGITS = 27
/** Decimal(38, s): the width of a sum in every engine, in digits. */
export const SUM_DIGITS = 38

export const isExact = (type: Type): type is Extract<Type, { kind: 'int' | 'decimal' }> =>
  type.kind === 'int' || type.kind === 'decimal'

export const isNumeric = (type: Type): boolean => isExact(type) || type.kind === 'number'

/** Digits after the point of an exact type; 0 for everything else. */
export const scaleOf = (type: Type): number => (type.kind === 'decimal' ? type.scale : 0)
