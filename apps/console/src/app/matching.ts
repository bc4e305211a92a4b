import type { Command } from './commands.ts'

type Named = Pick<Command, 'name' | 'kind' | 'doc'>

/** Those that hold every word, best first: what begins with the text, then names, then descriptions. */
export const matching = <C extends Named>(commands: readonly C[], text: string): readonly C[] => {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  return commands
    .map((command, index) => ({ command, index, rank: rankOf(command, words) }))
    .filter(({ rank }) => rank !== null)
    .sort((a, b) => (a.rank ?? 0) - (b.rank ?? 0) || a.index - b.index)
    .map(({ command }) => command)
}

const rankOf = ({ name, kind, doc }: Named, words: readonly string[]): number | null => {
  const ownName = name.toLowerCase()
  const all = `${ownName} ${kind} ${doc.toLowerCase()}`
  if (!words.every((word) => all.includes(word))) return null
  if (ownName.startsWith(words.join(' '))) return 0
  return words.every((word) => ownName.includes(word)) ? 1 : 2
}
