import { useEffect } from 'react'
import { TextInput } from './text-input.tsx'
import { useWritten } from './use-written.ts'

interface TextFieldProps {
  readonly label: string
  readonly value: string
  readonly change: (text: string) => void
  readonly placeholder?: string
}

const PAUSE_MS = 250

/** A line of text; it is taken over when the writer pauses. */
export const TextField = ({ label, value, change, placeholder }: TextFieldProps) => {
  const [written, write] = useWritten(value)
  useEffect(() => {
    if (written === value) return undefined
    const timer = setTimeout(() => change(written), PAUSE_MS)
    return () => clearTimeout(timer)
  })
  return <TextInput label={label} value={written} change={write} placeholder={placeholder} />
}
