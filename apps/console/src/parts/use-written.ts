import { useState } from 'react'

/** What is being written, beginning anew whenever another value is given. */
export const useWritten = (value: string): readonly [written: string, write: (text: string) => void] => {
  const [written, write] = useState(value)
  const [given, setGiven] = useState(value)
  if (value !== given) {
    setGiven(value)
    write(value)
  }
  return [written, write]
}
