import type { ReactNode } from 'react'

/** Nothing is there, why that is, and what to do about it. */
export const Empty = ({ title, children }: { readonly title: string; readonly children?: ReactNode }) => (
  <div className="empty">
    <p className="empty-title">{title}</p>
    {children === undefined ? null : <div className="empty-more">{children}</div>}
  </div>
)
