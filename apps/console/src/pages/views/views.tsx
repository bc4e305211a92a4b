import { NotFound } from '../../app/not-found.tsx'
import type { PageProps } from '../../app/page.ts'
import { useDefinitions } from '../../data/definitions.ts'
import { Answer } from '../../parts/answer.tsx'
import { OneView } from './one-view.tsx'
import { ViewList } from './view-list.tsx'
import './views.css'

/** All definitions, or one of them. */
export const Views = ({ path }: PageProps) => {
  const definitions = useDefinitions()
  const [name] = path
  return (
    <Answer of={definitions} what="the definitions" lines={8}>
      {({ definitions: all }) => {
        if (name === undefined) return <ViewList definitions={all} />
        const found = all.find((definition) => definition.name === name)
        return found === undefined ? <NotFound path={path} /> : <OneView key={name} definition={found} />
      }}
    </Answer>
  )
}
