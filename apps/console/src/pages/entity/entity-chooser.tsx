import type { FormEvent } from 'react'
import { addressOf, go } from '../../app/address.ts'
import { Choice } from '../../parts/choice.tsx'
import { TextInput } from '../../parts/text-input.tsx'
import { useWritten } from '../../parts/use-written.ts'
import { title } from '../../words/title.ts'

interface EntityChooserProps {
  readonly keys: readonly string[]
  readonly chosen: string
  readonly value: string
}

/** Which one: a key of some view, and its value. */
export const EntityChooser = ({ keys, chosen, value }: EntityChooserProps) => {
  const [written, write] = useWritten(value)
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (written.trim() !== '') go(addressOf(['entity', chosen, written.trim()]))
  }
  return (
    <form className="fields" onSubmit={submit}>
      <Choice
        label="By"
        value={chosen}
        options={keys.map((key) => [key, title(key)])}
        choose={(key) => go(addressOf(['entity', key]))}
      />
      <TextInput label={title(chosen)} value={written} change={write} />
      <button type="submit" className="button is-main" disabled={written.trim() === ''}>
        Show
      </button>
    </form>
  )
}
