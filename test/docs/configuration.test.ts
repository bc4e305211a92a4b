import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { configTable } from '@tidewater/runtime'
import { expect, it } from 'vitest'
import { REPOSITORY } from '../e2e/platform.ts'

it('docs/configuration.md has the table of libs/runtime', () => {
  const rows = Object.values(configTable).map(
    (row) => `| \`${row.env}\` | ${row.default === '' ? '' : `\`${row.default}\``} | ${row.doc} |`,
  )
  const page = readFileSync(join(REPOSITORY, 'docs', 'configuration.md'), 'utf8')
  const shown = page.split('\n').filter((line) => line.startsWith('| `'))
  expect(shown).toEqual(rows)
})
