const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** Milliseconds of "250ms", "30s", "10m", "2h", "7d"; null when the text is none of them or is zero. */
export function parseDuration(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text.trim())
  if (match === null) return null
  const ms = Math.round(Number(match[1]) * (unitMs[match[2] ?? ''] ?? 0))
  return ms > 0 ? ms : null
}
