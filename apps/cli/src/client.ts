import { PlatformError } from '@tidewater/base'
import type { ErrorCode } from '@tidewater/base'
import type { Command } from 'commander'
import { findRunFile } from './stack/run-file.ts'

export interface ClientFlags {
  readonly url?: string
  readonly json?: boolean
}

/** Flags every command that asks a running platform has. */
export const withClientFlags = (command: Command): Command =>
  command
    .option('--url <url>', 'the platform (default: the one that runs here)')
    .option('--json', 'print JSON')

/** `--url`, TIDEWATER_URL, the nearest run.json, HTTP_PORT, else port 4000. */
export const platformUrl = (given: string | undefined): string => {
  const { TIDEWATER_URL, HTTP_PORT } = process.env
  const port = HTTP_PORT === undefined || HTTP_PORT === '' ? null : `http://127.0.0.1:${HTTP_PORT}`
  const url =
    given ??
    (TIDEWATER_URL === '' ? undefined : TIDEWATER_URL) ??
    port ??
    findRunFile()?.url ??
    'http://127.0.0.1:4000'
  return url.replace(/\/(graphql)?\/?$/, '')
}

interface Failure {
  readonly message: string
  readonly extensions?: { readonly code?: string; readonly cure?: string; readonly path?: string }
}

/** Asks GraphQL; throws the platform's own error, or that nothing runs there. `signal` ends the wait. */
export const ask = async <T>(
  flags: ClientFlags,
  query: string,
  variables: Readonly<Record<string, unknown>> = {},
): Promise<T> => {
  const url = platformUrl(flags.url)
  const response = await post(url, JSON.stringify({ query, variables }))
  const text = await response.text()
  const answer = parsed(text)
  if (answer === null) {
    throw new PlatformError(
      'UNAVAILABLE',
      `${url} answers, but not as Tidewater does (HTTP ${response.status})`,
      'say where it is with --url',
    )
  }
  const [failure] = answer.errors ?? []
  if (failure !== undefined) {
    const { code, cure, path } = failure.extensions ?? {}
    throw new PlatformError((code ?? 'UNAVAILABLE') as ErrorCode, failure.message, cure ?? '', path)
  }
  return answer.data as T
}

const post = async (url: string, body: string): Promise<Response> => {
  try {
    // A full recompute may take long; the platform itself has the deadlines.
    return await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    })
  } catch (error) {
    const cause = error instanceof Error ? error.cause : undefined
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
    if (code === 'ECONNREFUSED' || code === 'ENOTFOUND' || code === '') {
      throw new PlatformError(
        'UNAVAILABLE',
        `Tidewater is not running here: npm start`,
        `looked at ${url}; --url says where else`,
      )
    }
    throw new PlatformError(
      'UNAVAILABLE',
      `${url} stopped answering (${code})`,
      'tidewater status shows what runs',
    )
  }
}

interface Answer {
  readonly data?: unknown
  readonly errors?: readonly Failure[]
}

const parsed = (text: string): Answer | null => {
  try {
    const answer: unknown = JSON.parse(text)
    return typeof answer === 'object' && answer !== null && ('data' in answer || 'errors' in answer)
      ? (answer as Answer)
      : null
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}
