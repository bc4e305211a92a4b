import { didYouMean, formatDuration } from '@tidewater/base'
import { at, mistake } from './mistake.ts'
import { durationMs } from './operand.ts'

/** The literal of a definition as a plain record; a word it does not know is a mistake. */
export const optionsOf = (
  place: string,
  value: unknown,
  words: readonly string[],
): Record<string, unknown> => {
  if (typeof value !== 'object' || value === null)
    throw mistake(`${place} takes an object with ${words.join(', ')}`)
  for (const word of Object.keys(value)) {
    if (!words.includes(word))
      throw mistake(
        `${place} has no property '${word}'${didYouMean(word, words)}: it has ${words.join(', ')}`,
      )
  }
  return { ...value }
}

const NAME = /^[A-Z][A-Za-z0-9]*$/
const FIELD_NAME = /^[A-Za-z][A-Za-z0-9_]*$/

/** Names of definitions are GraphQL types, so they start with a capital. */
export const definitionName = (kind: string, name: unknown): string => {
  if (typeof name === 'string' && NAME.test(name)) return name
  throw mistake(
    `${kind}(${JSON.stringify(name)}): a name starts with a capital and has letters and digits only`,
    `write ${kind}('ShopEvent', …)`,
  )
}

/** Names of fields, keys and measures are GraphQL fields and SQL columns. */
export const fieldName = (name: string): string => {
  if (FIELD_NAME.test(name)) return name
  throw mistake(`'${name}' is no name: it must start with a letter and have letters, digits and _ only`)
}

export const docOf = (options: Record<string, unknown>): string | null => {
  if (options['doc'] === undefined) return null
  if (typeof options['doc'] !== 'string') throw mistake("'doc' is a text")
  return options['doc']
}

/** An optional duration in ms. */
export const durationOf = (name: string, options: Record<string, unknown>, word: string): number | null =>
  options[word] === undefined ? null : at(`${name}.${word}`, () => durationMs(options[word], word))

export const atMostDays = (ms: number, days: number): number => {
  if (ms > days * 86_400_000) throw mistake(`${formatDuration(ms)} is more than ${days} days`)
  return ms
}
