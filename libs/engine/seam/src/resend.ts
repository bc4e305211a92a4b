import type { Header } from './header.ts'

/** What is sent to one log of a stream, a side of a join, or an operator. */
export interface Sender {
  /** In the header's marks; an operator's is also where its state is stored. */
  readonly name: string
}

/*
 * What is sent of a partition's records to logs of their own (semantics O1), as marks beside the fingerprints of views, so that a
 * commit of somebody who does not send it takes its mark away (C5). `sent:` it is sent of all records below `nextOffset`; `sending:`
 * the partition is read once more for it, and it is sent of those below `carried`. An operator's state stands where its mark says.
 */
const SENT = 'sent:'
const SENDING = 'sending:'

/** Operators are told by the names of their states, which no view's fingerprint equals. */
const OPERATOR = 'operator.'
export const operatorName = (fingerprint: string): string => `${OPERATOR}${fingerprint}`
export const isOperatorName = (name: string): boolean => name.startsWith(OPERATOR)

/** Whether a sender lacks records below `nextOffset`. */
export const isUnsent = (header: Header, name: string): boolean => header.since[SENT + name] === undefined

/** The marks that go with a commit after which `carried` stands there. */
export const sentMarks = (
  header: Header,
  carried: number | null,
  senders: readonly Sender[],
): readonly string[] =>
  senders.map(({ name }) => (carried === null || !isUnsent(header, name) ? SENT : SENDING) + name)

export interface Resent {
  readonly header: Header
  /** Operators' states that are of no use any more, to be cleared with the writing of the header. */
  readonly clears: readonly string[]
}

/**
 * Begins to send what nobody has sent from here: the partition is read again from its beginning, and its ids are judged again, as if
 * none had been seen; operators that are not through begin anew with it. The very same header when each is under way or done.
 */
export const resend = (header: Header, senders: readonly Sender[], nonce: string): Resent => {
  const known = withoutOthers(header, senders)
  const fresh = senders.filter(
    ({ name }) => isUnsent(header, name) && header.since[SENDING + name] === undefined,
  )
  if (fresh.length === 0 || header.nextOffset === 0) return known
  const anew = senders
    .map(({ name }) => name)
    .filter((name) => isOperatorName(name) && isUnsent(header, name))
  return {
    header: {
      ...header,
      revision: nonce,
      stateRevision: nonce,
      carried: 0,
      // append times are compared as they rise again
      lastAppended: 0,
      since: {
        ...known.header.since,
        ...Object.fromEntries(fresh.map(({ name }) => [SENDING + name, 0])),
      },
      sent: header.sent === undefined ? undefined : {},
    },
    clears: [...known.clears, ...anew],
  }
}

/** States of operators that are none of ours go with their marks: whoever takes the partition for them later begins anew. */
const withoutOthers = (header: Header, senders: readonly Sender[]): Resent => {
  const ours = new Set(senders.map(({ name }) => name))
  const others = Object.keys(header.since).filter((mark) => {
    const name = nameOf(mark)
    return name !== null && isOperatorName(name) && !ours.has(name)
  })
  if (others.length === 0) return { header, clears: [] }
  const since = Object.fromEntries(Object.entries(header.since).filter(([mark]) => !others.includes(mark)))
  return { header: { ...header, since }, clears: [...new Set(others.flatMap((mark) => nameOf(mark) ?? []))] }
}

const nameOf = (mark: string): string | null =>
  [SENT, SENDING].flatMap((prefix) => (mark.startsWith(prefix) ? [mark.slice(prefix.length)] : []))[0] ?? null
