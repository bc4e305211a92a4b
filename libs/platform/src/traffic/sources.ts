import { PlatformError, didYouMean } from '@tidewater/base'
import { clicks, traffic as impressions } from '@tidewater/pipelines/ads/traffic'
import { traffic as commerce } from '@tidewater/pipelines/commerce/traffic'
import { traffic as markets } from '@tidewater/pipelines/markets/traffic'
import { traffic as sensors } from '@tidewater/pipelines/sensors/traffic'
import type { Sent, TrafficOptions } from '@tidewater/pipelines/sent'
import { traffic as social } from '@tidewater/pipelines/social/traffic'
import { traffic as webSecurity } from '@tidewater/pipelines/web-security/traffic'
import type { Catalog } from 'tidewater'

/** Who makes the believable events of a pipeline, endless and by seed. */
export interface Source {
  readonly pipeline: string
  readonly event: string
  readonly start: (options: TrafficOptions, catalog: Catalog) => Generator<Sent<object>, never>
}

const SOURCES: readonly Source[] = [
  { pipeline: 'ads', event: 'Impression', start: impressions },
  { pipeline: 'ads', event: 'Click', start: clicks },
  {
    pipeline: 'commerce',
    event: 'ShopEvent',
    start: (options, catalog) => commerce({ ...options, products: productsOf(catalog) }),
  },
  { pipeline: 'markets', event: 'Tick', start: markets },
  { pipeline: 'sensors', event: 'SensorReading', start: sensors },
  { pipeline: 'social', event: 'Edit', start: social },
  { pipeline: 'web-security', event: 'WebRequest', start: webSecurity },
]

/** The sources of these pipelines whose events the catalog has. Throws BAD_CONFIG on a pipeline that has none. */
export const sourcesOf = (pipelines: readonly string[], catalog: Catalog): readonly Source[] => {
  const names = [...new Set(SOURCES.map(({ pipeline }) => pipeline))]
  const strange = pipelines.find((name) => !names.includes(name))
  if (strange !== undefined)
    throw new PlatformError(
      'BAD_CONFIG',
      `TRAFFIC: there is no traffic of '${strange}'${didYouMean(strange, names)}`,
      `some of ${names.join(',')}`,
      'TRAFFIC',
    )
  return SOURCES.filter(({ pipeline, event }) => pipelines.includes(pipeline) && catalog.events.has(event))
}

const productsOf = (catalog: Catalog): { productId: string; price: string }[] =>
  [...(catalog.contents.get('Product')?.rows ?? [])].map(([productId, { price }]) => ({
    productId,
    // The table keeps prices exactly, in cents.
    price: (Number(price) / 100).toFixed(2),
  }))
