import { lazy, type ComponentType } from 'react'
import { Home } from '../pages/home/home.tsx'
import { Link } from './link.tsx'

/** What a page is told: the rest of the path behind its own name. */
export interface PageProps {
  readonly path: readonly string[]
}

type Page = ComponentType<PageProps>

/** The front page comes with the first load, the others when they are gone to. */
export const PAGES: Readonly<Record<string, Page>> = {
  '': Home,
  views: lazy(async () => ({ default: (await import('../pages/views/views.tsx')).Views })),
  pipeline: lazy(async () => ({ default: (await import('../pages/pipeline/pipeline.tsx')).Pipeline })),
  generations: lazy(async () => ({
    default: (await import('../pages/generations/generations.tsx')).Generations,
  })),
  query: lazy(async () => ({ default: (await import('../pages/query/query.tsx')).Query })),
  entity: lazy(async () => ({ default: (await import('../pages/entity/entity.tsx')).Entity })),
}

export const NotFound: Page = () => (
  <div className="blank">
    <h1>There is no such page</h1>
    <p>
      The address names nothing here. <Link to="/">Go to the front page</Link>
    </p>
  </div>
)
