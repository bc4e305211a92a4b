import type { IncomingMessage } from 'node:http'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { PlatformError } from '@tidewater/base'

const unzip = promisify(gunzip)

/** A body beyond its limit is read on and thrown away up to this many times the limit, so that its sender hears why. */
const PATIENCE = 8

/** The whole body, unzipped when it says `content-encoding: gzip`. Rejects with LIMIT beyond `maxBytes` (either way). */
export const readBody = async (request: IncomingMessage, maxBytes: number): Promise<Buffer> => {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length <= maxBytes) chunks.push(chunk)
    else if (length > maxBytes * PATIENCE) break
  }
  if (length > maxBytes) throw tooLarge(maxBytes)
  const body = chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks)
  return request.headers['content-encoding'] === 'gzip' ? unzipped(body, maxBytes) : body
}

const unzipped = async (body: Buffer, maxBytes: number): Promise<Buffer> => {
  try {
    return await unzip(body, { maxOutputLength: maxBytes })
  } catch (error) {
    if (error instanceof RangeError) throw tooLarge(maxBytes)
    throw new PlatformError(
      'BAD_INPUT',
      'The body says gzip but cannot be unzipped',
      'leave out content-encoding',
    )
  }
}

/** The limit as a person reads it: '10 MB'. */
const tooLarge = (maxBytes: number): PlatformError => {
  const size = maxBytes >= 1 << 20 ? `${Math.floor(maxBytes / (1 << 20))} MB` : `${maxBytes} bytes`
  return new PlatformError(
    'LIMIT',
    `The body is larger than ${size}`,
    'send it in smaller parts, or raise MAX_BODY_BYTES',
  )
}

/** The error of a body beyond its limit; the connection cannot be used again. */
export const isTooLarge = (error: unknown): boolean =>
  error instanceof PlatformError && error.code === 'LIMIT'
