import { PlatformError } from '@tidewater/base'
import { describe, expect, it } from 'vitest'
import { describeConfig, loadConfig } from './config.ts'

describe('configuration', () => {
  it('has a default for everything, and defaults that follow other settings', () => {
    const config = loadConfig({ REDIS_URL: 'redis://other:6379', DATA_DIR: '/data' })
    expect(config).toMatchObject({
      kafkaBrokers: ['127.0.0.1:19092'],
      queueRedisUrl: 'redis://other:6379/1',
      lakeDir: '/data/lake',
      clickhouseUrl: null,
      batchEveryMs: 600_000,
      pipelinesDirs: [],
    })
  })

  it('reads lists, durations, off and numbers', () => {
    const config = loadConfig({
      KAFKA_BROKERS: 'a:1, b:2',
      BATCH_EVERY: 'off',
      HTTP_PORT: '0',
      RETENTION: '90s',
      STATE_BUDGET: '512mb',
    })
    expect(config).toMatchObject({
      kafkaBrokers: ['a:1', 'b:2'],
      batchEveryMs: null,
      httpPort: 0,
      retentionMs: 90_000,
      stateBudgetBytes: 536_870_912,
    })
  })

  it('names every wrong setting at once, with what it must be', () => {
    const load = (): unknown =>
      loadConfig({ HTTP_PORT: '99999', BATCH_EVERY: 'often', BATCH_ENGINE: 'spark', STATE_BUDGET: '-1' })
    expect(load).toThrow(PlatformError)
    expect(load).toThrow(
      'HTTP_PORT must be a whole number from 0 to 65535, not "99999"; ' +
        'BATCH_ENGINE must be one of duckdb, clickhouse, both, not "spark"; ' +
        'BATCH_EVERY must be a duration such as 30s, 10m, 2h or 7d, or off, not "often"; ' +
        'STATE_BUDGET must be a size such as 512mb or 2gb, not "-1".',
    )
  })

  it('hides passwords when it describes itself', () => {
    const lines = describeConfig(loadConfig({ REDIS_URL: 'redis://user:secret@host:1' })).join('\n')
    expect(lines).toContain('REDIS_URL=redis://user:***@host:1')
    expect(lines).not.toContain('secret')
  })
})
