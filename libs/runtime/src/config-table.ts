import {
  boolean,
  choice,
  every,
  list,
  optionalSize,
  optionalText,
  text,
  whole,
  type ConfigType,
} from './config-types.ts'

/**
 * Everything that can be configured, once: environment variable, type, default, sentence. Durations are milliseconds in
 * the program and words ("10m") in the environment. `{NAME}` in a default stands for another variable's value.
 */
export const configTable = {
  kafkaBrokers: row(
    'KAFKA_BROKERS',
    list,
    '127.0.0.1:19092',
    'Kafka brokers, host:port, separated by commas.',
  ),
  redisUrl: row('REDIS_URL', text, 'redis://127.0.0.1:16379', 'Redis that holds the speed layer’s state.'),
  queueRedisUrl: row(
    'QUEUE_REDIS_URL',
    text,
    '{REDIS_URL}/1',
    'Redis (or database of it) that holds the queue of batch jobs.',
  ),
  clickhouseUrl: row('CLICKHOUSE_URL', optionalText, '', 'ClickHouse over HTTP; empty: none.'),
  dataDir: row('DATA_DIR', text, '.tidewater', 'Directory of everything kept on this machine.'),
  lakeDir: row('LAKE_DIR', text, '{DATA_DIR}/lake', 'Directory of the archive’s files.'),
  publishedDir: row('PUBLISHED_DIR', text, '{DATA_DIR}/published', 'Directory of the published DuckDB file.'),
  httpHost: row('HTTP_HOST', text, '127.0.0.1', 'Address the HTTP server listens on.'),
  httpPort: row('HTTP_PORT', whole(0, 65_535), '4000', 'Port the HTTP server listens on; 0: any free one.'),
  consoleDir: row('CONSOLE_DIR', text, './apps/console/dist', 'Directory of the built console, shown at /.'),
  pipelinesDirs: row(
    'PIPELINES_DIR',
    list,
    '',
    'Directories of definitions added to the built-in ones, separated by commas.',
  ),
  pipelinesOnly: row('PIPELINES_ONLY', boolean, 'false', 'Leave out the built-in pipelines.'),
  batchEngine: row(
    'BATCH_ENGINE',
    choice('duckdb', 'clickhouse', 'both'),
    'duckdb',
    'Engine that recomputes generations.',
  ),
  batchEveryMs: row('BATCH_EVERY', every, '10m', 'How often a generation is built; off: only on demand.'),
  partitions: row('PARTITIONS', whole(1, 1_024), '8', 'Partitions of a new event topic.'),
  retentionMs: row(
    'RETENTION',
    every,
    '7d',
    'How long Kafka keeps events (the lake keeps them for ever); off: for ever.',
  ),
  commitEveryMs: row(
    'COMMIT_EVERY',
    whole(1, 60_000),
    '100',
    'Longest time changed state stays uncommitted, ms.',
  ),
  stateBudgetBytes: row(
    'STATE_BUDGET',
    optionalSize,
    '',
    'What the state store may hold (2gb) before streams pause; empty: nine tenths of Redis’s maxmemory.',
  ),
  pauseFirst: row(
    'PAUSE_FIRST',
    list,
    '',
    'Events whose streams pause first when the state store is full, the least important one first.',
  ),
  archiveEveryMs: row(
    'ARCHIVE_EVERY',
    whole(100, 600_000),
    '10000',
    'Longest time an archive entry stays open, ms.',
  ),
  traffic: row(
    'TRAFFIC',
    list,
    'commerce',
    'Pipelines whose believable events the local platform brings along: some of ads,commerce,markets,sensors,social,web-security.',
  ),
  trafficRate: row(
    'TRAFFIC_RATE',
    whole(1, 50),
    '20',
    'Events per second of each pipeline whose events the local platform brings along.',
  ),
  maxBodyBytes: row(
    'MAX_BODY_BYTES',
    whole(1_024, 1_073_741_824),
    '10485760',
    'Largest HTTP request body, bytes.',
  ),
  workerName: row(
    'WORKER_NAME',
    optionalText,
    '',
    'Name of this worker in status; empty: role and process id.',
  ),
  logLevel: row(
    'LOG_LEVEL',
    choice('trace', 'debug', 'info', 'warn', 'error', 'silent'),
    'info',
    'Least level that is logged.',
  ),
} as const

function row<T>(env: string, type: ConfigType<T>, fallback: string, doc: string) {
  return { env, type, default: fallback, doc } as const
}
