import { join } from 'node:path'
import { minifyIntrospection, outputIntrospectionFile } from '@gql.tada/internal'
import { schemaSdl } from '@tidewater/engine-serving'
import { buildSchema, introspectionFromSchema } from 'graphql'
import { catalogOf } from 'tidewater/fixture'
import { expect, test } from 'vitest'
import { root } from './files.ts'

const HEAD = `// Generated from the serving schema: \`npx vitest run -u infra/tools/console-schema.test.ts\` writes it anew.
// Long because it is the whole schema.
`

/** What every platform answers, whatever is defined on it: the console asks for nothing else. */
const schemaTypes = (): string => {
  const schema = buildSchema(schemaSdl(new Map(), catalogOf([])))
  const types = outputIntrospectionFile(minifyIntrospection(introspectionFromSchema(schema)), {
    fileType: '.d.ts',
    shouldPreprocess: true,
  })
  return HEAD + types.replace(/^(?:\s*(?:\/\*[\s\S]*?\*\/|\/\/.*))*\s*/, '')
}

test('the console’s questions are typed by the schema as it is', async () => {
  await expect(schemaTypes()).toMatchFileSnapshot(join(root, 'apps/console/src/data/schema.d.ts'))
})
