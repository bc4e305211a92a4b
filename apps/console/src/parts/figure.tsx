import type { ReactNode } from 'react'

interface FigureProps {
  readonly name: string
  readonly value: ReactNode
  readonly more?: ReactNode
  /** How it is to be taken. */
  readonly mood?: 'good' | 'warn' | 'bad'
}

/** One number that matters. */
export const Figure = ({ name, value, more, mood }: FigureProps) => (
  <div className={mood === undefined ? 'figure' : `figure is-${mood}`}>
    <dt>{name}</dt>
    <dd>
      <span className="figure-value">{value}</span>
      {more === undefined ? null : <span className="figure-more">{more}</span>}
    </dd>
  </div>
)

export const Figures = ({ children }: { readonly children: ReactNode }) => (
  <dl className="figures">{children}</dl>
)
