import { createRequire } from 'node:module'
import { defineConfig } from 'vitest/config'

const unitPaths = [
  'libs/core',
  'libs/engine',
  'libs/adapters/lake',
  'libs/adapters/memory',
  'libs/runtime',
  'libs/testing',
  'pipelines',
  'apps/console/src',
  'infra/tools',
  'test/walk',
  'test/learning',
  'test/evaluate',
  'test/mutate',
  'test/engines',
]
const serverPaths = ['libs/adapters', 'libs/load', 'libs/platform', 'infra/stack', 'apps']

const named = (paths: readonly string[]): string[] => paths.map((path) => `${path}/**/*.test.ts`)

const ignored = ['**/node_modules/**', '**/.tidewater/**']

// As Node resolves: else our GraphQL would be another copy than the one inside graphql-yoga.
const asNode = {
  alias: [{ find: /^graphql$/, replacement: createRequire(import.meta.url).resolve('graphql') }],
}

// Few projects: starting one costs more than its tests. Two cores, so at most two files at a time.
export default defineConfig({
  test: {
    projects: [
      {
        resolve: asNode,
        test: {
          name: 'unit',
          include: named(unitPaths),
          exclude: ignored,
          pool: 'threads',
          testTimeout: 20_000,
          maxWorkers: 2,
        },
      },
      {
        resolve: asNode,
        test: {
          name: 'servers',
          include: named(serverPaths),
          exclude: [...ignored, 'libs/adapters/lake/**', 'libs/adapters/memory/**'],
          pool: 'forks',
          globalSetup: 'infra/tools/test-servers.ts',
          testTimeout: 60_000,
          hookTimeout: 120_000,
          maxWorkers: 2,
        },
      },
      {
        resolve: asNode,
        test: {
          name: 'whole',
          include: ['test/**/*.test.ts'],
          exclude: [
            ...ignored,
            'test/walk/**',
            'test/learning/**',
            'test/evaluate/**',
            'test/mutate/**',
            'test/engines/**',
          ],
          pool: 'forks',
          globalSetup: 'infra/tools/test-servers.ts',
          testTimeout: 600_000,
          hookTimeout: 300_000,
          fileParallelism: false,
        },
      },
    ],
  },
})
