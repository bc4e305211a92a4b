import { useEffect, useId, useState } from 'react'

interface TextFieldProps {
  readonly label: string
  readonly value: string
  readonly change: (text: string) => void
  readonly placeholder?: string
}

const PAUSE_MS = 250

/** A line of text; it is taken over when the writer pauses. */
export const TextField = ({ label, value, change, placeholder }: TextFieldProps) => {
  const id = useId()
  const [written, write] = useState(value)
  const [given, setGiven] = useState(value)
  if (value !== given) {
    setGiven(value)
    write(value)
  }
  useEffect(() => {
    if (written === value) return undefined
    const timer = setTimeout(() => change(written), PAUSE_MS)
    return () => clearTimeout(timer)
  })
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        type="text"
        value={written}
        placeholder={placeholder}
        onChange={(event) => write(event.target.value)}
        autoComplete="off"
        spellCheck={false}
      />
    </div>
  )
}
