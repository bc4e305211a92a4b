import type { ScalarType, Type } from '@tidewater/expr'
import { enumNameOf } from 'tidewater'
import type { Catalog, EventDefinition } from 'tidewater'
import type { Column, ViewAccess } from '../view-access.ts'

const NAME = /^[_A-Za-z][_0-9A-Za-z]*$/
const NO_ENUM_VALUES: ReadonlySet<string> = new Set(['true', 'false', 'null'])

export const isGraphqlName = (text: string): boolean => NAME.test(text) && !text.startsWith('__')
const isEnumValue = (text: string): boolean => isGraphqlName(text) && !NO_ENUM_VALUES.has(text)

interface Owner {
  readonly name: string
  readonly fields: EventDefinition['fields']
}

/** The enum of a oneOf column, named after the field its values are declared by; null when GraphQL cannot name a value. */
export const enumOf = (type: Type, owners: readonly Owner[]): string | null => {
  if (type.kind !== 'oneOf' || !type.values.every(isEnumValue)) return null
  const wanted = JSON.stringify(type.values)
  for (const { name, fields } of owners) {
    const field = fields.find(
      ({ type: own }) => own.kind === 'oneOf' && JSON.stringify(own.values) === wanted,
    )
    if (field !== undefined) return enumNameOf(name, field.name)
  }
  return null
}

const BARE: Readonly<Record<Exclude<ScalarType['kind'], 'oneOf'>, string>> = {
  id: 'ID',
  text: 'String',
  int: 'Long',
  decimal: 'Decimal',
  number: 'Float',
  boolean: 'Boolean',
  instant: 'Instant',
}

/** GraphQL types of a view's columns. */
export interface ColumnTypes {
  /** 'Decimal', 'ShopEventType', '[Long!]': without `!`. */
  of(column: Column): string
  filterOf(column: Column): string
}

export const columnTypes = (access: ViewAccess, catalog: Catalog): ColumnTypes => {
  const owners = [access.event, ...catalog.events.values(), ...catalog.tables.values()]
  const nameOf = (type: Type): string => {
    if (type.kind === 'list')
      return `[${type.of.kind === 'entry' ? `${nameOf(type.of.value)}Entry` : nameOf(type.of)}!]`
    return type.kind === 'oneOf' ? (enumOf(type, owners) ?? 'String') : BARE[type.kind]
  }
  return { of: ({ type }) => nameOf(type), filterOf: ({ type }) => `${nameOf(type)}Filter` }
}

/** SDL of every enum the views need, with its filter. */
export const enumsSdl = (views: readonly ViewAccess[], catalog: Catalog): string => {
  const enums = new Map<string, readonly string[]>()
  for (const access of views) {
    const types = columnTypes(access, catalog)
    for (const column of [...access.keys, ...access.measures]) {
      if (column.type.kind === 'oneOf' && types.of(column) !== 'String')
        enums.set(types.of(column), column.type.values)
    }
  }
  return [...enums]
    .map(
      ([name, values]) =>
        `enum ${name} { ${values.join(' ')} }\ninput ${name}Filter { eq: ${name} in: [${name}!] isNull: Boolean }`,
    )
    .join('\n')
}
