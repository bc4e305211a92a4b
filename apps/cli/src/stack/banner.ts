import { dirname } from 'node:path'
import { listFieldOf, type Catalog } from 'tidewater'
import { dataSize } from './data-directory.ts'
import type { Platform } from './platform.ts'

/** What a person needs next, printed once everything answers. */
export async function bannerOf(platform: Platform, seconds: number): Promise<string> {
  const { keptIn } = platform
  const data = keptIn === null ? [] : [`data ${keptIn}, ${await dataSize(keptIn)}`]
  const runsOn = [...platform.servers, ...data].join(' · ')
  const rows = [
    ['Console', `${platform.url}/`, ''],
    ['GraphQL', `${platform.url}/graphql`, tryOut(platform.catalog)],
    ['Pipelines', pipelinesOf(platform), ''],
    ...(platform.clickhouseUrl === null
      ? []
      : [['SQL', `curl '${platform.clickhouseUrl}/?database=tidewater' -d 'show tables'`, '']]),
    ...(platform.duckdbFile === null ? [] : [['Notebook', `duckdb -readonly ${platform.duckdbFile}`, '']]),
    ...(keptIn === null ? [['Memory', MEMORY_IS_FOR, '']] : []),
    ['Load', 'npx --no tidewater load sales.csv --event RetailSale', 'Stop  Ctrl-C'],
  ]
  const lines = rows.map(([title = '', text = '', more = '']) =>
    `  ${title.padEnd(10)} ${text}   ${more}`.trimEnd(),
  )
  return [`Tidewater is ready in ${seconds.toFixed(0)} s   (${runsOn})`, ...lines].join('\n')
}

const MEMORY_IS_FOR =
  'for a first look and for tests: every event stays in this process; npm start keeps them on disk'

/** A question about the first view that has a key and no window. */
function tryOut(catalog: Catalog): string {
  const view = [...catalog.views.values()].find(({ window, keys }) => window === null && keys.length > 0)
  if (view === undefined) return ''
  const field = view.keys[0]?.name ?? ''
  return `try  { ${listFieldOf(view.name)}(first: 3) { rows { ${field} } } }`
}

/** 'commerce (8 views, live traffic), retail (4)' */
function pipelinesOf({ catalog, traffic }: Platform): string {
  const counts = new Map<string, number>()
  for (const name of catalog.views.keys()) {
    const folder = dirname(catalog.sources.get(name) ?? '').replace(/^pipelines\//, '')
    const place = folder === '.' ? 'your own' : folder
    counts.set(place, (counts.get(place) ?? 0) + 1)
  }
  return [...counts]
    .map(([place, views], index) => {
      const live = traffic.includes(place) ? ', live traffic' : ''
      return `${place} (${views}${index === 0 ? ` view${views === 1 ? '' : 's'}` : ''}${live})`
    })
    .join(', ')
}
