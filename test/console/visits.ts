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

/** Sends them and waits until every answer has seen them. */
export const postVisits = async (url: string, events: readonly object[]): Promise<void> => {
  const response = await fetch(`${url}/events/ShopEvent`, { method: 'POST', body: JSON.stringify(events) })
  const { accepted } = (await response.json()) as { accepted: number }
  if (accepted !== events.length) throw new Error(`${accepted} of ${events.length} visits were accepted`)
}
