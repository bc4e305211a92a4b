// The direction of dependencies (docs: the layout): what each layer may import. Package tags say which layer it is.
// Core order: base <- windows <- expr <- aggregates <- define <- rows <- plan <- merge.
const core = [
  'layer:core-base',
  'layer:core-expr',
  'layer:core-aggregates',
  'layer:core-windows',
  'layer:core-define',
  'layer:core-learning',
]
const wholeCore = [...core, 'layer:core-rows', 'layer:core-plan', 'layer:core-merge']
const engine = ['layer:engine', 'layer:engine-ports', 'layer:engine-seam']

/** Layer -> layers it may import. */
export const allowed = {
  'layer:core-base': [],
  'layer:core-expr': ['layer:core-base', 'layer:core-windows'],
  'layer:core-aggregates': ['layer:core-base', 'layer:core-windows', 'layer:core-expr'],
  'layer:core-windows': ['layer:core-base'],
  'layer:core-learning': ['layer:core-base'],
  'layer:core-define': ['layer:core-base', 'layer:core-expr', 'layer:core-aggregates', 'layer:core-windows'],
  'layer:core-rows': core,
  'layer:core-plan': [...core, 'layer:core-rows'],
  'layer:core-merge': [...core, 'layer:core-rows', 'layer:core-plan'],
  'layer:engine-ports': wholeCore,
  'layer:engine-seam': [...wholeCore, 'layer:engine-ports'],
  'layer:engine': [...wholeCore, 'layer:engine-ports', 'layer:engine-seam'],
  'layer:adapter': [...wholeCore, 'layer:engine-ports', 'layer:engine-seam'],
  'layer:runtime': [...wholeCore, 'layer:engine-ports'],
  'layer:pipelines': ['layer:core-define'],
  'layer:stack': [],
  'layer:load': [...wholeCore, ...engine, 'layer:adapter', 'layer:runtime'],
  'layer:testing': [...wholeCore, ...engine, 'layer:adapter', 'layer:runtime', 'layer:platform'],
  'layer:platform': [...wholeCore, ...engine, 'layer:adapter', 'layer:runtime', 'layer:pipelines'],
  // What runs in a browser knows the platform by its schema alone.
  'layer:console': [],
  'layer:app': [
    ...wholeCore,
    ...engine,
    'layer:adapter',
    'layer:runtime',
    'layer:stack',
    'layer:load',
    'layer:platform',
  ],
}

/** npm client -> the only directories that may import it (tests and benches below test/ apart). */
export const clientHomes = {
  kafkajs: ['libs/adapters/kafka'],
  lz4js: ['libs/adapters/kafka'],
  snappyjs: ['libs/adapters/kafka'],
  ioredis: ['libs/adapters/redis', 'libs/adapters/bullmq'],
  bullmq: ['libs/adapters/bullmq'],
  '@duckdb/node-api': ['libs/adapters/duckdb'],
  '@clickhouse/client': ['libs/adapters/clickhouse'],
  graphql: ['libs/engine/serving', 'libs/platform', 'apps/console'],
  'graphql-yoga': ['libs/platform'],
  pino: ['libs/runtime'],
  'prom-client': ['libs/runtime'],
  commander: ['apps/cli'],
  'csv-parse': ['libs/load'],
  'ffi-rs': ['infra/stack'],
  react: ['apps/console'],
  'react-dom': ['apps/console'],
  uplot: ['apps/console'],
}
