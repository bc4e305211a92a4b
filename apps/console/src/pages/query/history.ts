const KEY = 'tidewater.questions'
const KEPT = 20

/** What was asked in this browser, newest first. Anything else that stands there is nobody's question. */
export const recall = (): readonly string[] => {
  const kept: unknown = parsed(read())
  return Array.isArray(kept)
    ? kept.filter((one): one is string => typeof one === 'string').slice(0, KEPT)
    : []
}

export const remember = (query: string): readonly string[] => {
  const kept = [query, ...recall().filter((other) => other !== query)].slice(0, KEPT)
  try {
    localStorage.setItem(KEY, JSON.stringify(kept))
  } catch (error) {
    // A browser that keeps nothing forgets with the page.
    if (!(error instanceof DOMException)) throw error
  }
  return kept
}

const read = (): string => {
  try {
    return localStorage.getItem(KEY) ?? '[]'
  } catch (error) {
    if (error instanceof DOMException) return '[]'
    throw error
  }
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}
