import { boolean, choice, every, list, optionalText, text, whole } from './config-types.ts'

/**
 * Everything that can be configured, once: environment variable, type, default, sentence. Durations are milliseconds in
 * the program and words ("10m") in the environment. `{NAME}` in a default stands for another variable's value.
 */
export const configTable = {
  kafkaBrokers: { env: 'KAFKA_BROKERS', type: list, default: '127.0.0.1:19092', doc: 'Kafka brokers, host:port, separated by commas.' },
  redisUrl: { env: 'REDIS_URL', type: text, default: 'redis://127.0.0.1:16379', doc: 'Redis that holds the speed layer’s state.' },
  queueRedisUrl: { env: 'QUEUE_REDIS_URL', type: text, default: '{REDIS_URL}/1', doc: 'Redis (or database of it) that holds the queue of batch jobs.' },
  clickhouseUrl: { env: 'CLICKHOUSE_URL', type: optionalText, default: '', doc: 'ClickHouse over HTTP; empty: none.' },
  dataDir: { env: 'DATA_DIR', type: text, default: '.tidewater', doc: 'Directory of everything kept on this machine.' },
  lakeDir: { env: 'LAKE_DIR', type: text, default: '{DATA_DIR}/lake', doc: 'Directory of the archive’s files.' },
  publishedDir: { env: 'PUBLISHED_DIR', type: text, default: '{DATA_DIR}/published', doc: 'Directory of the published DuckDB file.' },
  httpHost: { env: 'HTTP_HOST', type: text, default: '127.0.0.1', doc: 'Address the HTTP server listens on.' },
  httpPort: { env: 'HTTP_PORT', type: whole(0, 65_535), default: '4000', doc: 'Port the HTTP server listens on; 0: any free one.' },
  metricsPort: { env: 'METRICS_PORT', type: whole(-1, 65_535), default: '-1', doc: 'Port of /metrics and /health of a worker; -1: none, 0: any free one.' },
  pipelinesDirs: { env: 'PIPELINES_DIR', type: list, default: '', doc: 'Directories of definitions added to the built-in ones, separated by commas.' },
  pipelinesOnly: { env: 'PIPELINES_ONLY', type: boolean, default: 'false', doc: 'Leave out the built-in pipelines.' },
  batchEngine: { env: 'BATCH_ENGINE', type: choice('duckdb', 'clickhouse', 'both'), default: 'duckdb', doc: 'Engine that recomputes generations.' },
  batchEveryMs: { env: 'BATCH_EVERY', type: every, default: '10m', doc: 'How often a generation is built; off: only on demand.' },
  partitions: { env: 'PARTITIONS', type: whole(1, 1_024), default: '8', doc: 'Partitions of a new event topic.' },
  retentionMs: { env: 'RETENTION', type: every, default: '7d', doc: 'How long Kafka keeps events (the lake keeps them for ever); off: for ever.' },
  commitEveryMs: { env: 'COMMIT_EVERY', type: whole(1, 60_000), default: '100', doc: 'Longest time changed state stays uncommitted, ms.' },
  archiveEveryMs: { env: 'ARCHIVE_EVERY', type: whole(100, 600_000), default: '10000', doc: 'Longest time an archive entry stays open, ms.' },
  maxBodyBytes: { env: 'MAX_BODY_BYTES', type: whole(1_024, 1_073_741_824), default: '10485760', doc: 'Largest HTTP request body, bytes.' },
  workerName: { env: 'WORKER_NAME', type: optionalText, default: '', doc: 'Name of this worker in status; empty: role and process id.' },
  logLevel: { env: 'LOG_LEVEL', type: choice('trace', 'debug', 'info', 'warn', 'error', 'silent'), default: 'info', doc: 'Least level that is logged.' },
} as const
