/** A page of the console, as navigation and palette list it. */
export interface Place {
  /** First part of its path; '': the front page. */
  readonly path: string
  readonly name: string
  readonly doc: string
  /** The lines of its icon. */
  readonly icon: string
}

export const PLACES: readonly Place[] = [
  { path: '', name: 'Live', doc: 'What matters now, moving', icon: 'M2 11h3.5l2-6 4 11 2.5-7 1.2 2H18' },
  {
    path: 'views',
    name: 'Views',
    doc: 'Every definition and its answers',
    icon: 'M3 4h14v12H3zM3 8.5h14M8.5 8.5V16',
  },
  {
    path: 'pipeline',
    name: 'Pipeline',
    doc: 'The walk of an event, rates and lag',
    icon: 'M4 8a2 2 0 1 0 0 4a2 2 0 1 0 0-4M16 3a2 2 0 1 0 0 4a2 2 0 1 0 0-4M16 13a2 2 0 1 0 0 4a2 2 0 1 0 0-4M6 10h2.5c3 0 2-5 5.5-5M8.5 10c3 0 2 5 5.5 5',
  },
  {
    path: 'generations',
    name: 'Generations',
    doc: 'History recomputed, and what was found',
    icon: 'M10 3l7 3.5-7 3.5-7-3.5zM3 10l7 3.5 7-3.5M3 13.5L10 17l7-3.5',
  },
  {
    path: 'query',
    name: 'Query',
    doc: 'Ask in GraphQL',
    icon: 'M6.5 5L2 10l4.5 5M13.5 5l4.5 5-4.5 5M11.2 3.5l-2.4 13',
  },
  {
    path: 'entity',
    name: 'Entity',
    doc: 'Everything about one visitor, product, country',
    icon: 'M10 3.8a3.2 3.2 0 1 0 0 6.4a3.2 3.2 0 1 0 0-6.4M4 17c.5-3.5 2.8-5 6-5s5.5 1.5 6 5',
  },
]
