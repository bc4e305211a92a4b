/** In what a page shows, `…` stands for anything on its line, and a line of `…` alone for any lines. */
export const matchesText = (shown: string, printed: string): boolean => {
  const pattern = shown
    .trim()
    .split('\n')
    .map((line) =>
      line.trim() === '…'
        ? '(?:[^\\n]*\\n)*?'
        : `${line.trimEnd().split('…').map(escaped).join('.*')}[ \\t]*\\n`,
    )
    .join('')
  return new RegExp(`^${pattern}$`).test(`${printed.trim()}\n`)
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** The same for JSON: "…" stands for any value, "… text …" for any string that fits; keys and lengths must be equal. */
export const matchesJson = (shown: unknown, given: unknown): boolean => {
  if (shown === '…') return true
  if (typeof shown === 'string' && typeof given === 'string') return matchesText(shown, given)
  if (typeof shown !== 'object' || typeof given !== 'object' || shown === null || given === null)
    return shown === given
  if (Array.isArray(shown) !== Array.isArray(given)) return false
  const [wanted, found] = [Object.entries(shown), new Map(Object.entries(given))]
  return (
    wanted.length === found.size &&
    wanted.every(([key, value]) => found.has(key) && matchesJson(value, found.get(key)))
  )
}
