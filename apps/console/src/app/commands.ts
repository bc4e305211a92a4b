import { pipelineOf, type Definition } from '../data/definitions.ts'
import { title } from '../words/title.ts'
import { addressOf, go } from './address.ts'
import { PLACES } from './places.ts'
import { chooseTheme, type Theme } from './theme.ts'

/** One line of the palette. */
export interface Command {
  readonly id: string
  readonly kind: 'page' | 'view' | 'explain' | 'colours'
  readonly name: string
  readonly doc: string
  readonly run: () => void
}

const page = ({ path, name, doc }: (typeof PLACES)[number]): Command => ({
  ...{ id: `page-${path}`, kind: 'page', name, doc },
  run: () => go(`/${path}`),
})

const viewCommands = (definition: Definition): readonly Command[] => {
  const { name, doc } = definition
  return [
    {
      ...{ id: `view-${name}`, kind: 'view', name: title(name), doc: doc ?? pipelineOf(definition) },
      run: () => go(addressOf(['views', name])),
    },
    {
      ...{ id: `explain-${name}`, kind: 'explain', name: `${title(name)}: explain` },
      doc: 'definition, generated JavaScript, SQL of both engines',
      run: () => go(addressOf(['views', name], { tab: 'explain' })),
    },
  ]
}

const colours = (theme: Theme): Command => ({
  ...{
    id: `colours-${theme}`,
    kind: 'colours',
    name: `Colours: ${theme}`,
    doc: 'light, dark or as the system',
  },
  run: () => chooseTheme(theme),
})

/** Everything that can be gone to or done, for these definitions. */
export const commandsOf = (definitions: readonly Definition[]): readonly Command[] => [
  ...PLACES.map(page),
  ...definitions.flatMap(viewCommands),
  ...(['light', 'dark', 'system'] as const).map(colours),
]
