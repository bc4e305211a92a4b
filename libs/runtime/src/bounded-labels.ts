/** Keeps the number of values of each label bounded (L11): beyond the bound every new value is called "other". */
export function boundedLabels(
  maxValues: number,
): (labels: Readonly<Record<string, string>>) => Record<string, string> {
  const known = new Map<string, Set<string>>()
  return (labels) => {
    const bounded: Record<string, string> = {}
    for (const [label, value] of Object.entries(labels)) {
      const values = known.get(label) ?? new Set()
      known.set(label, values)
      if (values.size < maxValues) values.add(value)
      bounded[label] = values.has(value) ? value : 'other'
    }
    return bounded
  }
}
