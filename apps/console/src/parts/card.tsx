import { useId, type ReactNode } from 'react'

interface CardProps {
  readonly title: ReactNode
  /** At the right of the title: a link, a freshness. */
  readonly aside?: ReactNode
  readonly doc?: string | null
  readonly className?: string
  readonly children: ReactNode
}

export const Card = ({ title, aside, doc, className = '', children }: CardProps) => {
  const id = useId()
  return (
    <section className={`card ${className}`} aria-labelledby={id}>
      <header className="card-head">
        <h3 id={id}>{title}</h3>
        {aside}
      </header>
      {doc === null || doc === undefined ? null : <p className="card-doc">{doc}</p>}
      {children}
    </section>
  )
}
