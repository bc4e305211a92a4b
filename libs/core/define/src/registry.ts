import type { Definition } from './definition.ts'

const DEFINITION = Symbol.for('tidewater.definition')

/** An object that carries its plain definition; recognised by a registered symbol, never by instanceof. */
export const carrying = (definition: Definition, more: object = {}): object =>
  Object.freeze({ name: definition.name, ...more, [DEFINITION]: Object.freeze(definition) })

/** The plain definition behind what `event`, `table` or `view` returned; null for anything else. */
export const definitionOf = (value: unknown): Definition | null =>
  typeof value === 'object' && value !== null
    ? ((Reflect.get(value, DEFINITION) as Definition | undefined) ?? null)
    : null
