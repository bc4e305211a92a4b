import { configTable } from '@tidewater/runtime'
import { describe, expect, it } from 'vitest'
import { filesBelow } from './files.ts'

// A setting is a promise: somebody reads it, or another setting follows it.
const readers = filesBelow(['apps', 'libs/platform', 'libs/load'], '.ts').filter(
  ({ path, text }) => !path.includes('.test') && /\b(?:config|settings)\b/i.test(text),
)

const isRead = (name: string, env: string): boolean =>
  readers.some(({ text }) => new RegExp(`\\b${name}\\b`).test(text)) ||
  Object.values(configTable).some((row) => row.default.includes(`{${env}}`))

describe('the configuration', () => {
  it('has no setting that nobody reads', () => {
    const unread = Object.entries(configTable).filter(([name, { env }]) => !isRead(name, env))
    expect(unread.map(([, { env }]) => env)).toEqual([])
  })

  it('knows every variable the product reads, those of the machine and of our own start apart', () => {
    const known = new Set<string>(Object.values(configTable).map(({ env }) => env))
    const others = /^(?:TIDEWATER_\w+|INIT_CWD|DEBUG|CI|PATH|JAVA_HOME|REDIS_SERVER|TEST_\w+)$/
    const files = [...filesBelow(['apps', 'libs', 'infra'], '.ts'), ...filesBelow(['apps', 'infra'], '.mjs')]
    const unknown = files
      .filter(({ path }) => !path.includes('.test'))
      .flatMap(({ path, text }) =>
        [...text.matchAll(/process\.env(?:\.|\[')([A-Z][A-Z_]+)/g)]
          .filter(([, name = '']) => !known.has(name) && !others.test(name))
          .map(([, name]) => `${path}: ${name}`),
      )
    expect(unknown).toEqual([])
  })
})
