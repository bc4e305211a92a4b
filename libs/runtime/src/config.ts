import { PlatformError } from '@tidewater/base'
import { configTable } from './config-table.ts'

/** Every setting by name, typed by the table. */
export type Config = { readonly [K in keyof typeof configTable]: ReturnType<(typeof configTable)[K]['type']> }

type Environment = Readonly<Record<string, string | undefined>>

/** Reads all settings from environment variables; throws one BAD_CONFIG error that names every wrong one. */
export function loadConfig(env: Environment = process.env): Config {
  const wrong: string[] = []
  const config: Record<string, unknown> = {}
  for (const [name, row] of Object.entries(configTable)) {
    const value = textOf(row.env, env)
    try {
      config[name] = row.type(value)
    } catch (error) {
      const expected = error instanceof Error ? error.message : String(error)
      wrong.push(`${row.env} must be ${expected}, not ${JSON.stringify(value)}`)
    }
  }
  if (wrong.length > 0) {
    throw new PlatformError('BAD_CONFIG', `${wrong.join('; ')}.`, 'correct or unset the environment variable')
  }
  return config as Config
}

/** The settings in words, one line each, with passwords of URLs hidden. */
export function describeConfig(config: Config): readonly string[] {
  return Object.entries(configTable).map(([name, row]) => {
    const value = config[name as keyof Config]
    const text = Array.isArray(value) ? value.join(',') : String(value ?? 'off')
    return `${row.env}=${text.replace(/(:\/\/[^:@/]*:)[^@]*@/, '$1***@')}   ${row.doc}`
  })
}

/** The variable's text: as set, else its default with {OTHER} filled in. */
function textOf(variable: string, env: Environment): string {
  const set = env[variable]
  if (set !== undefined && set !== '') return set
  const row = Object.values(configTable).find((candidate) => candidate.env === variable)
  return (row?.default ?? '').replace(/\{([A-Z_]+)\}/g, (_, other: string) => textOf(other, env))
}
