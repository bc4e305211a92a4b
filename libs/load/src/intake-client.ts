import { setTimeout as sleep } from 'node:timers/promises'
import { PlatformError } from '@tidewater/base'
import type { Reason } from '@tidewater/engine-ingest'
import type { EventDefinition } from 'tidewater'

export interface End {
  readonly topic: string
  readonly partition: number
  readonly next: number
}

export interface PostAnswer {
  readonly accepted: number
  readonly rejected: readonly { readonly index: number; readonly reasons: readonly Reason[] }[]
  readonly offsets: readonly End[]
}

export interface DeadLine {
  readonly reason: string
  readonly file: string
  readonly line: number
  readonly text: string
}

/** The platform's door over HTTP. */
export interface IntakeClient {
  definition(event: string): Promise<EventDefinition>
  /** The lake's directory on the platform's machine; null when it does not say. */
  lakeDir(): Promise<string | null>
  /** Asks the archive to close what it has open. */
  flush(): Promise<void>
  /** Posts lines of JSON; tries again while the platform is busy or away for a while. */
  post(event: string, lines: readonly string[]): Promise<PostAnswer>
  postDead(event: string, lines: readonly DeadLine[]): Promise<void>
  /** How far the speed layer and the archive are; null when this platform does not say. */
  applied(): Promise<ReadonlyMap<string, { readonly next: number; readonly archived: number }> | null>
}

const TRIES = 40
const LONGEST_PAUSE_MS = 3_000
/** Longer than the platform waits for Kafka; who gets no answer by then sends again. */
const ANSWER_WITHIN_MS = 60_000

export const intakeClient = (url: string): IntakeClient => {
  const eventUrl = (event: string): string => `${url}/events/${encodeURIComponent(event)}`
  return {
    definition: async (event) => (await call(url, eventUrl(event))) as EventDefinition,
    lakeDir: async () => ((await call(url, `${url}/events`)) as { lakeDir: string | null }).lakeDir,
    flush: async () => {
      await call(url, `${url}/archive/flush`, { method: 'POST' })
    },
    post: async (event, lines) => {
      const body = lines.join('\n')
      const headers = { 'content-type': 'application/x-ndjson' }
      return (await call(url, `${eventUrl(event)}?receipt=offsets`, {
        method: 'POST',
        body,
        headers,
      })) as PostAnswer
    },
    postDead: async (event, lines) => {
      await call(url, `${eventUrl(event)}/dead`, { method: 'POST', body: JSON.stringify(lines) })
    },
    applied: () => applied(url),
  }
}

interface Failure {
  readonly error?: { readonly message?: string; readonly cure?: string }
}

/** The answer's JSON; a batch that was rejected whole is an answer too. Sent again it changes nothing, as ids are set. */
const call = async (url: string, address: string, init: RequestInit = {}): Promise<unknown> => {
  let last = ''
  for (let attempt = 0; attempt < TRIES; attempt++) {
    if (attempt > 0) await sleep(Math.min(LONGEST_PAUSE_MS, 200 * attempt))
    let response: Response
    try {
      response = await fetch(address, { ...init, signal: AbortSignal.timeout(ANSWER_WITHIN_MS) })
    } catch (error) {
      const isSilent = error instanceof Error && error.name === 'TimeoutError'
      if (init.method === undefined && !isSilent) throw notRunning(url)
      last = error instanceof Error ? error.message : String(error)
      continue
    }
    const body: unknown = await response.json().catch(() => ({}))
    if (response.ok || (response.status === 400 && 'rejected' in (body as object))) return body
    const { error } = body as Failure
    last = error?.message ?? `HTTP ${response.status}`
    if (response.status !== 429 && response.status < 500)
      throw new PlatformError('BAD_INPUT', last, error?.cure ?? '')
  }
  throw new PlatformError(
    'UNAVAILABLE',
    `The platform at ${url} did not take the events: ${last}`,
    'load the file again: only what is missing is added',
  )
}

const notRunning = (url: string): PlatformError =>
  new PlatformError('UNAVAILABLE', `Tidewater is not running at ${url}`, 'npm start, or say where with --url')

const STATUS = '{ status { partitions { topic partition next archived } } }'

interface Status {
  readonly data?: {
    readonly status?: {
      readonly partitions: readonly { topic: string; partition: number; next: number; archived: number }[]
    }
  }
}

const applied: (url: string) => ReturnType<IntakeClient['applied']> = async (url) => {
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ query: STATUS }),
    signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
  }).catch(() => null)
  if (response === null || !response.ok) return null
  const { data } = (await response.json()) as Status
  if (data?.status === undefined || data.status === null) return null
  return new Map(
    data.status.partitions.map(({ topic, partition, next, archived }) => [
      `${topic}/${partition}`,
      { next, archived },
    ]),
  )
}
