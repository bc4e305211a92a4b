import type { AnchorHTMLAttributes, MouseEvent } from 'react'
import { go } from './address.ts'

interface LinkProps extends AnchorHTMLAttributes<HTMLAnchorElement> {
  readonly to: string
}

/** A link within the console; with a modifier it is the browser's: a new tab, a new window. */
export const Link = ({ to, ...rest }: LinkProps) => (
  <a {...rest} href={to} onClick={(event) => followLink(event, to)} />
)

const followLink = (event: MouseEvent, to: string): void => {
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || event.button !== 0) return
  event.preventDefault()
  go(to)
  window.scrollTo(0, 0)
}
