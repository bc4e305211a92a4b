import { lazy } from 'react'
import { Home } from '../pages/home/home.tsx'
import type { Page } from './page.ts'

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
