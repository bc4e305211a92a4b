import { useId, useState, type FormEvent } from 'react'
import { addressOf, go } from '../../app/address.ts'
import { Choice } from '../../parts/choice.tsx'
import { title } from '../../words/title.ts'

interface EntityChooserProps {
  readonly keys: readonly string[]
  readonly chosen: string
  readonly value: string
}

/** Which one: a key of some view, and its value. */
export const EntityChooser = ({ keys, chosen, value }: EntityChooserProps) => {
  const id = useId()
  const [written, write] = useState(value)
  const [given, setGiven] = useState(value)
  if (value !== given) {
    setGiven(value)
    write(value)
  }
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
      <div className="field">
        <label htmlFor={id}>{title(chosen)}</label>
        <input
          id={id}
          value={written}
          onChange={(event) => write(event.target.value)}
          autoComplete="off"
          spellCheck={false}
        />
      </div>
      <button type="submit" className="button is-main" disabled={written.trim() === ''}>
        Show
      </button>
    </form>
  )
}
