import type { Header } from './header.ts'

interface SentStream {
  readonly name: string
}

/*
 * What is sent of a partition's records to the logs of streams (semantics O1), as marks beside the fingerprints of views, so that a
 * commit of somebody who does not send a stream takes its mark away (C5). `sent:` it is sent of all records below `nextOffset`;
 * `sending:` the partition is read once more for it, and it is sent of those below `carried`.
 */
const sentMark = (stream: string): string => `sent:${stream}`
const sendingMark = (stream: string): string => `sending:${stream}`

/** Whether a stream lacks records below `nextOffset`. */
export const isUnsent = (header: Header, stream: string): boolean =>
  header.since[sentMark(stream)] === undefined

/** The marks that go with a commit after which `carried` stands there. */
export const sentMarks = (
  header: Header,
  carried: number | null,
  streams: readonly SentStream[],
): readonly string[] =>
  streams.map(({ name }) =>
    carried === null || !isUnsent(header, name) ? sentMark(name) : sendingMark(name),
  )

/**
 * Begins to send streams that nobody has sent from here: the partition is read again from its beginning, and its ids are judged
 * again, as if none had been seen. The very same header when each is under way or done.
 */
export const resend = (header: Header, streams: readonly SentStream[], nonce: string): Header => {
  const fresh = streams.filter(
    ({ name }) => isUnsent(header, name) && header.since[sendingMark(name)] === undefined,
  )
  if (fresh.length === 0 || header.nextOffset === 0) return header
  return {
    ...header,
    revision: nonce,
    stateRevision: nonce,
    carried: 0,
    // append times are compared as they rise again
    lastAppended: 0,
    since: { ...header.since, ...Object.fromEntries(fresh.map(({ name }) => [sendingMark(name), 0])) },
    sent: header.sent === undefined ? undefined : {},
  }
}
