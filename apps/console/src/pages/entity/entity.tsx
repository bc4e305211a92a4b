import type { PageProps } from '../../app/page.ts'
import { keysOf, useDefinitions } from '../../data/definitions.ts'
import { Answer } from '../../parts/answer.tsx'
import { EntityCards } from './entity-cards.tsx'
import { EntityChooser } from './entity-chooser.tsx'

/** One visitor, product, country: everything that is known of it, in whatever view. */
export const Entity = ({ path }: PageProps) => {
  const definitions = useDefinitions()
  const [key, value] = path
  return (
    <Answer of={definitions} what="the definitions" lines={8}>
      {({ definitions: all }) => {
        const keys = [...new Set(all.flatMap((definition) => keysOf(definition).map(({ name }) => name)))]
        const chosen = keys.find((name) => name === key) ?? keys[0] ?? ''
        const having = all.filter((definition) => keysOf(definition).some(({ name }) => name === chosen))
        return (
          <>
            <header className="page-head">
              <h1>{value ?? 'Entity'}</h1>
              <EntityChooser keys={keys} chosen={chosen} value={value ?? ''} />
            </header>
            <EntityCards definitions={having} name={chosen} value={value ?? null} />
          </>
        )
      }}
    </Answer>
  )
}
