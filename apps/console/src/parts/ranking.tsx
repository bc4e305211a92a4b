import type { ReactNode } from 'react'

export interface Ranked {
  readonly id: string
  readonly name: ReactNode
  readonly amount: number
  readonly text: string
}

/** The first of many, each with a bar as long as its amount. */
export const Ranking = ({ label, rows }: { readonly label: string; readonly rows: readonly Ranked[] }) => {
  const most = Math.max(...rows.map(({ amount }) => Math.abs(amount)), 0)
  return (
    <ol className="ranking" aria-label={label}>
      {rows.map(({ id, name, amount, text }) => (
        <li key={id}>
          <span className="ranking-name">{name}</span>
          <span className="ranking-amount">{text}</span>
          <span className="ranking-bar" aria-hidden="true">
            <span style={{ inlineSize: `${most === 0 ? 0 : (Math.abs(amount) / most) * 100}%` }} />
          </span>
        </li>
      ))}
    </ol>
  )
}
