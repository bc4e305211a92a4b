import type { ReactNode } from 'react'

/** A drawing of lines on a grid of 20, in the colour of the text around it. */
export const Icon = ({ d, size = 20, children }: IconProps) => (
  <svg viewBox="0 0 20 20" width={size} height={size} aria-hidden="true" className="icon">
    {d === undefined ? children : <path d={d} />}
  </svg>
)

interface IconProps {
  readonly d?: string
  readonly size?: number
  readonly children?: ReactNode
}
