import type { ComponentType } from 'react'

/** What a page is told: the rest of the path behind its own name. */
export interface PageProps {
  readonly path: readonly string[]
}

export type Page = ComponentType<PageProps>
