import type { Command } from 'commander'
import { explainView } from 'tidewater'
import type { Explanation } from 'tidewater'
import { catalogFor, withCatalogFlags } from '../definitions/catalog-flags.ts'
import type { CatalogFlags } from '../definitions/catalog-flags.ts'
import { columns } from '../definitions/columns.ts'

interface ViewsFlags extends CatalogFlags {
  readonly json?: boolean
}

export const viewsCommand = (program: Command): void => {
  withCatalogFlags(program.command('views'))
    .description('list the views: keys, measures, window, where they are defined')
    .option('--json', 'print JSON')
    .action((flags: ViewsFlags) => views(flags))
}

const views = async (flags: ViewsFlags): Promise<void> => {
  const catalog = await catalogFor(flags)
  const explained = [...catalog.views.values()].map((view) => ({
    ...explainView(view, catalog),
    from: view.through?.name ?? view.from,
  }))
  if (flags.json === true) return console.log(JSON.stringify(explained, null, 2))
  const header = ['VIEW', 'FROM', 'BY', 'WINDOW', 'MEASURES', 'DEFINED IN']
  console.log(columns([header, ...explained.map(lineOf)]).join('\n'))
}

const lineOf = (view: Explanation & { readonly from: string }): readonly string[] => {
  const named = (role: 'key' | 'measure'): string =>
    view.columns
      .filter((c) => c.role === role)
      .map((c) => c.name)
      .join(' ')
  return [view.name, view.from, named('key') || '-', view.window ?? '-', named('measure'), view.source]
}
