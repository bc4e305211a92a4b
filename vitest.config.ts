import { createRequire } from 'node:module'
import { defineConfig } from 'vitest/config'
import { LongestFirst } from './infra/tools/longest-first.ts'

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
const serverPaths = [
  'libs/adapters',
  'libs/load',
  'libs/platform',
  'infra/stack',
  'apps',
  'test/parity',
  'test/simulation',
]

const tests = (paths: readonly string[]): string[] => paths.map((path) => `${path}/**/*.test.ts`)

const ignored = ['**/node_modules/**', '**/.tidewater/**']

// As Node resolves: else our GraphQL would be another copy than the one inside graphql-yoga.
const asNode = {
  alias: [{ find: /^graphql$/, replacement: createRequire(import.meta.url).resolve('graphql') }],
}

// Few projects: starting one costs more than its tests.
export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        resolve: asNode,
        test: {
          name: 'unit',
          include: tests(unitPaths),
          exclude: ignored,
          pool: 'threads',
          testTimeout: 20_000,
          // They wait for nothing: one for each of two cores.
          maxWorkers: 2,
        },
      },
      {
        resolve: asNode,
        test: {
          name: 'servers',
          include: tests(serverPaths),
          exclude: [...ignored, ...tests(unitPaths)],
          pool: 'forks',
          globalSetup: 'infra/tools/test-servers.ts',
          testTimeout: 600_000,
          hookTimeout: 120_000,
          // Much of their time they wait for a server.
          maxWorkers: 3,
          sequence: { groupOrder: 1 },
        },
      },
      {
        resolve: asNode,
        test: {
          name: 'whole',
          include: ['test/**/*.test.ts'],
          exclude: [...ignored, ...tests(unitPaths), ...tests(serverPaths)],
          pool: 'forks',
          globalSetup: 'infra/tools/test-servers.ts',
          testTimeout: 600_000,
          hookTimeout: 300_000,
          // Each has a whole platform under load, and says how fast it must be.
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
})
