import { useId } from 'react'
import { CopyButton } from './copy-button.tsx'

/** A text to read or to take away. */
export const Code = ({ title, text }: { readonly title: string; readonly text: string }) => {
  const id = useId()
  return (
    <section className="code" aria-labelledby={id}>
      <header className="code-head">
        <h4 id={id}>{title}</h4>
        <CopyButton text={text} />
      </header>
      <pre tabIndex={0} aria-labelledby={id}>
        <code>{text}</code>
      </pre>
    </section>
  )
}
