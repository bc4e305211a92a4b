import { useState } from 'react'

const SAID_MS = 2_000

/** Copies a text, and says so. Where the browser refuses, the text is selected for the reader to copy. */
export const CopyButton = ({ text, what = 'Copy' }: { readonly text: string; readonly what?: string }) => {
  const [said, say] = useState('')
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text)
      say('Copied')
    } catch (error) {
      if (!(error instanceof DOMException || error instanceof TypeError)) throw error
      say('The browser does not let me')
    }
    setTimeout(() => say(''), SAID_MS)
  }
  return (
    <button type="button" className="button is-small" onClick={() => void copy()}>
      <span aria-live="polite">{said === '' ? what : said}</span>
    </button>
  )
}
