import nx from '@nx/eslint-plugin'
import tseslint from 'typescript-eslint'
import { allowed, clientHomes } from './infra/lint/layers.mjs'

const tests = [
  '**/*.test.ts',
  '**/*.test-d.ts',
  '**/test-*.ts',
  '**/*-fixture.ts',
  'libs/testing/**',
  'test/**',
]

const boundaries = (constraints) => [
  'error',
  {
    enforceBuildableLibDependency: false,
    depConstraints: Object.entries(constraints).map(([layer, layers]) => ({
      sourceTag: layer,
      onlyDependOnLibsWithTags: layers,
    })),
  },
]

// Tests outside the core may also use the stack's servers and the real pipelines, those of the engine only what the testing
// room opens for them: the engine knows no adapter. Circles are refused everywhere.
const everyLayer = Object.keys(allowed)
const unknownToEngine = ['layer:adapter', 'layer:stack']
const allowedInTests = Object.fromEntries(
  Object.entries(allowed).map(([layer, layers]) => {
    if (layer.startsWith('layer:core')) return [layer, layers]
    const isEngine = layer.startsWith('layer:engine')
    return [layer, isEngine ? everyLayer.filter((other) => !unknownToEngine.includes(other)) : everyLayer]
  }),
)

const bannedClients = (directory) =>
  Object.entries(clientHomes)
    .filter(([, homes]) => !homes.includes(directory))
    .map(([name]) => ({ name, message: `Only ${clientHomes[name].join(', ')} may import it.` }))

const pureMessage =
  'Core, engine and parts decide; what they need from outside is handed in (Clock, ports, options).'
const notPure = [
  'process',
  'fetch',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'performance',
  'crypto',
  'console',
  'require',
]

const defaultExport = { selector: 'ExportDefaultDeclaration', message: 'Name every export.' }

const typeRules = {
  '@typescript-eslint/no-explicit-any': 'error',
  '@typescript-eslint/no-floating-promises': 'error',
  '@typescript-eslint/no-misused-promises': 'error',
  '@typescript-eslint/await-thenable': 'error',
  '@typescript-eslint/no-unsafe-return': 'error',
  '@typescript-eslint/no-unsafe-argument': 'error',
  '@typescript-eslint/only-throw-error': 'error',
  '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: false }],
  '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
  '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
}

const plainRules = {
  eqeqeq: 'error',
  'no-var': 'error',
  'prefer-const': 'error',
  'no-console': 'error',
  'no-restricted-syntax': ['error', defaultExport],
  'max-lines-per-function': ['error', { max: 70, skipComments: true }],
}

export default tseslint.config(
  {
    ignores: [
      '**/node_modules',
      '**/.tidewater',
      '.nx',
      '**/dist',
      '**/*.mjs',
      '**/*.js',
      '**/*.cjs',
      '**/*.d.ts',
    ],
  },
  {
    files: ['**/*.ts', '**/*.tsx'],
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    languageOptions: {
      parser: tseslint.parser,
      parserOptions: {
        project: ['./tsconfig.json', './apps/console/tsconfig.json'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    plugins: { '@nx': nx, '@typescript-eslint': tseslint.plugin },
    rules: { ...plainRules, ...typeRules, '@nx/enforce-module-boundaries': boundaries(allowed) },
  },
  {
    files: ['**/*.ts', '**/*.tsx'],
    ignores: tests,
    rules: { 'no-restricted-imports': ['error', { paths: bannedClients('') }] },
  },
  ...[...new Set(Object.values(clientHomes).flat())].map((directory) => ({
    files: [`${directory}/**/*.ts`, `${directory}/**/*.tsx`],
    rules: { 'no-restricted-imports': ['error', { paths: bannedClients(directory) }] },
  })),
  {
    files: [
      'libs/core/**/*.ts',
      'libs/engine/**/*.ts',
      'libs/platform/src/parts/**/*.ts',
      'pipelines/**/*.ts',
    ],
    ignores: tests,
    rules: {
      'no-restricted-imports': [
        'error',
        {
          paths: bannedClients('libs/engine/serving'),
          patterns: [{ regex: '^node:', message: pureMessage }],
        },
      ],
      'no-restricted-globals': ['error', ...notPure.map((name) => ({ name, message: pureMessage }))],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: pureMessage },
        { object: 'Math', property: 'random', message: pureMessage },
      ],
      'no-restricted-syntax': [
        'error',
        defaultExport,
        { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: pureMessage },
      ],
    },
  },
  { files: ['apps/cli/**/*.ts', 'infra/**/*.ts', 'test/**/*.ts'], rules: { 'no-console': 'off' } },
  {
    files: tests,
    rules: {
      'max-lines-per-function': 'off',
      '@nx/enforce-module-boundaries': boundaries(allowedInTests),
    },
  },
  {
    files: ['**/*.config.ts', '**/traffic.ts'],
    rules: { 'no-restricted-syntax': 'off', 'no-restricted-properties': 'off' },
  },
)
