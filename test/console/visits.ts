/** What three visitors do, by turns: every third event of theirs is a purchase of 12.50. */
export const visits = (from: number, to: number): readonly object[] =>
  Array.from({ length: to - from }, (_, index) => {
    const number = from + index
    const type = (['page_view', 'click', 'purchase'] as const)[Math.floor(number / 3) % 3]
    return {
      eventId: `visit-${number}`,
      userId: `u${number % 3}`,
      at: new Date().toISOString(),
      type,
      productId: 'p001',
      ...(type === 'purchase' ? { amount: '12.50' } : {}),
    }
  })

/** Sends them; throws when one is not accepted. */
export const postVisits = async (url: string, events: readonly object[]): Promise<void> => {
  const response = await fetch(`${url}/events/ShopEvent`, { method: 'POST', body: JSON.stringify(events) })
  const { accepted } = (await response.json()) as { accepted: number }
  if (accepted !== events.length) throw new Error(`${accepted} of ${events.length} visits were accepted`)
}

/** A row that no load could read, with markup where a browser might take it for its own. */
export const buryLine = async (url: string): Promise<void> => {
  const line = { reason: 'amount "12,50" is no decimal', file: 'sales.csv', line: 7 }
  const body = JSON.stringify([{ ...line, text: 'e1,<img src=x onerror=alert(1)>,12,50' }])
  const { status } = await fetch(`${url}/events/ShopEvent/dead`, { method: 'POST', body })
  if (status !== 202) throw new Error(`the dead line was answered with ${status}`)
}
