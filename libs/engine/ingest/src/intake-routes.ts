import { PlatformError, didYouMean } from '@tidewater/base'
import type { HttpAnswer, HttpRequest, HttpRoute } from '@tidewater/ports'
import type { DeadLine, Intake, IntakeAnswer } from './intake.ts'
import { splitBody } from './split-body.ts'

/** What a loader on this machine wants of the archive beside the door. */
export interface ArchiveNearby {
  /** Absolute path of the lake. */
  readonly lakeDir: string
  /** Asks the archive to close what it has open. */
  flush(): Promise<void>
}

/** The intake over HTTP; mount them on a server whose body limit fits. */
export const intakeRoutes = (intake: Intake, archive?: ArchiveNearby): readonly HttpRoute[] => [
  {
    method: 'GET',
    path: '/events',
    handle: () => ({
      status: 200,
      body: { events: [...intake.events.keys()], lakeDir: archive?.lakeDir ?? null },
    }),
  },
  {
    method: 'GET',
    path: '/events/:event',
    handle: ({ params }) => definition(intake, params['event'] ?? ''),
  },
  { method: 'POST', path: '/events/:event', handle: (request) => postEvents(intake, request) },
  { method: 'POST', path: '/events/:event/dead', handle: (request) => postDead(intake, request) },
  {
    method: 'POST',
    path: '/archive/flush',
    handle: async () => {
      await archive?.flush()
      return { status: 202, body: { asked: archive !== undefined } }
    },
  },
]

const NO_ID = 'came without an id and got a random one; send _id, so that a retry counts once'

const postEvents = async (intake: Intake, request: HttpRequest): Promise<HttpAnswer> => {
  const event = request.params['event'] ?? ''
  if (!intake.events.has(event)) return unknownEvent(intake, event)
  const refused = unreadable(request)
  if (refused !== null) return refused
  const values = splitBody(request.body)
  if (values.length === 0) {
    return problem(
      400,
      'BAD_INPUT',
      'The body holds no event',
      'send an object, an array of objects or NDJSON',
    )
  }
  return guarded(async () => {
    const answer = await intake.accept(event, values)
    return { status: answer.accepted > 0 ? 202 : 400, body: bodyOf(answer, request.query) }
  })
}

/** The event as plain data: what a loader or a form needs to know of its fields. */
const definition = (intake: Intake, name: string): HttpAnswer => {
  const event = intake.events.get(name)
  return event === undefined ? unknownEvent(intake, name) : { status: 200, body: event }
}

/** `?receipt=1` names the place of each record, `?receipt=offsets` only where each partition ends behind them. */
const bodyOf = (answer: IntakeAnswer, query: URLSearchParams): object => {
  const receipt = query.get('receipt')
  return {
    accepted: answer.accepted,
    rejected: answer.rejected,
    ...receiptOf(answer, receipt),
    ...(answer.withoutId > 0 ? { withoutId: answer.withoutId, note: `${answer.withoutId} ${NO_ID}` } : {}),
  }
}

const receiptOf = (answer: IntakeAnswer, receipt: string | null): object => {
  if (receipt === 'offsets') return { offsets: endsOf(answer) }
  return receipt === null || receipt === '0' || receipt === 'false' ? {} : { records: answer.receipts }
}

const endsOf = ({
  receipts,
}: IntakeAnswer): readonly { topic: string; partition: number; next: number }[] => {
  const ends = new Map<number, { topic: string; partition: number; next: number }>()
  for (const { topic, partition, offset } of receipts) {
    const next = Math.max(offset + 1, ends.get(partition)?.next ?? 0)
    ends.set(partition, { topic, partition, next })
  }
  return [...ends.values()].sort((a, b) => a.partition - b.partition)
}

const postDead = async (intake: Intake, request: HttpRequest): Promise<HttpAnswer> => {
  const event = request.params['event'] ?? ''
  if (!intake.events.has(event)) return unknownEvent(intake, event)
  const lines = deadLines(request.body)
  if (lines === null) {
    return problem(400, 'BAD_INPUT', 'Dead lines are a JSON array', '[{"reason", "file", "line", "text"}]')
  }
  return guarded(async () => ({ status: 202, body: { buried: await intake.appendDead(event, lines) } }))
}

const deadLines = (body: Uint8Array): readonly DeadLine[] | null => {
  try {
    const parsed: unknown = JSON.parse(new TextDecoder().decode(body))
    return Array.isArray(parsed) && parsed.every(isDeadLine) ? parsed : null
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}

const isDeadLine = (line: unknown): line is DeadLine => {
  const { reason, file, line: number, text } = (line ?? {}) as Partial<Record<string, unknown>>
  return (
    typeof reason === 'string' &&
    typeof file === 'string' &&
    typeof text === 'string' &&
    Number.isSafeInteger(number)
  )
}

const guarded = async (work: () => Promise<HttpAnswer>): Promise<HttpAnswer> => {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof PlatformError)) throw error
    if (error.code === 'LIMIT') return problem(429, error.code, error.message, error.cure, 1)
    if (error.code === 'UNAVAILABLE') return problem(503, error.code, error.message, error.cure, 2)
    throw error
  }
}

/** Types that cannot be JSON whatever they hold; everything else is looked at, as many senders name no type. */
const FOREIGN = new RegExp(
  [
    '^(multipart/|image/|audio/|video/|text/(html|xml|csv)',
    '|application/(xml|pdf|zip|protobuf|octet-stream))',
  ].join(''),
  'i',
)

const unreadable = ({ headers }: HttpRequest): HttpAnswer | null => {
  const type = String(headers['content-type'] ?? '')
  return FOREIGN.test(type)
    ? problem(
        415,
        'BAD_INPUT',
        `Events are JSON, not ${type}`,
        'send application/json or application/x-ndjson',
      )
    : null
}

const unknownEvent = (intake: Intake, event: string): HttpAnswer => {
  const near = didYouMean(event, intake.events.keys())
  const message = `There is no event '${event.slice(0, 60)}'${near}`
  return problem(404, 'BAD_INPUT', message, `events: ${[...intake.events.keys()].join(', ')}`)
}

const problem = (
  status: number,
  code: string,
  message: string,
  cure: string,
  retryAfter?: number,
): HttpAnswer => ({
  status,
  headers: retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) },
  body: { error: { code, message, cure } },
})
