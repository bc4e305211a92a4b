import { useId } from 'react'

interface TextInputProps {
  readonly label: string
  readonly value: string
  /** Told at every key. */
  readonly change: (text: string) => void
  readonly placeholder?: string | undefined
}

/** A line of text under its label. */
export const TextInput = ({ label, value, change, placeholder }: TextInputProps) => {
  const id = useId()
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        type="text"
        value={value}
        placeholder={placeholder}
        onChange={(event) => change(event.target.value)}
        autoComplete="off"
        spellCheck={false}
      />
    </div>
  )
}
