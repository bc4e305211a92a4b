import type { Catalog } from './definition.ts'

/** `shop.ts: Sales`: where a definition is, for messages. */
export const placeOf = (catalog: Pick<Catalog, 'sources'>, name: string): string =>
  `${catalog.sources.get(name) ?? 'unknown file'}: ${name}`
