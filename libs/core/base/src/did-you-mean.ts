/** Edits (insert, delete, replace, swap of neighbours) that turn `a` into `b`. */
const distance = (a: string, b: string): number => {
  let before: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1
      let best = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + same)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        best = Math.min(best, (before[j - 2] ?? 0) + 1)
      row.push(best)
    }
    before = last
    last = row
  }
  return last[b.length] ?? 0
}

const plain = (word: string): string => word.toLowerCase().replace(/[_\-\s]/g, '')

/** The candidate a person most likely meant, or null when none is near: at most a third of the letters differ. */
export const nearest = (word: string, candidates: Iterable<string>): string | null => {
  let best: string | null = null
  let least = Infinity
  for (const candidate of candidates) {
    const edits = distance(plain(word), plain(candidate))
    if (edits < least && edits <= Math.max(1, Math.floor(candidate.length / 3))) {
      least = edits
      best = candidate
    }
  }
  return best
}

/** " (did you mean 'amount'?)" or ''. */
export const didYouMean = (word: string, candidates: Iterable<string>): string => {
  const found = nearest(word, candidates)
  return found === null ? '' : ` (did you mean '${found}'?)`
}
