import { useAsked } from '../../app/address.ts'
import { keysOf, type Definition } from '../../data/definitions.ts'
import { Choice } from '../../parts/choice.tsx'
import { Empty } from '../../parts/empty.tsx'
import { GroupsCard } from '../home/groups-card.tsx'
import { EntityCourse } from './entity-course.tsx'
import { EntityState } from './entity-state.tsx'

const INSTANTS: readonly (readonly [string, string])[] = [
  ['now', 'now'],
  ['now-5m', '5 min ago'],
  ['now-1h', '1 h ago'],
  ['now-1d', 'a day ago'],
  ['now-7d', 'a week ago'],
]

interface EntityCardsProps {
  /** The views that have the key. */
  readonly definitions: readonly Definition[]
  readonly name: string
  /** Null: none is chosen, so some are offered. */
  readonly value: string | null
}

export const EntityCards = ({ definitions, name, value }: EntityCardsProps) => {
  const { of, change } = useAsked()
  const asOf = INSTANTS.find(([instant]) => instant === of('asOf'))?.[0] ?? 'now'
  const states = definitions.filter(
    (definition) => definition.every === null && keysOf(definition).length === 1,
  )
  const courses = definitions.filter(({ every }) => every !== null)
  if (value === null) return <Offered definitions={states} />
  return (
    <>
      {states.length === 0 ? null : (
        <div className="fields">
          <Choice
            label="As of"
            value={asOf}
            options={INSTANTS}
            choose={(instant) => change({ asOf: instant === 'now' ? null : instant })}
          />
        </div>
      )}
      <div className="cards">
        {states.map((definition) => (
          <EntityState key={definition.name} definition={definition} value={value} asOf={asOf} />
        ))}
        {courses.map((definition) => (
          <EntityCourse key={definition.name} definition={definition} name={name} value={value} />
        ))}
      </div>
    </>
  )
}

const Offered = ({ definitions }: { readonly definitions: readonly Definition[] }) =>
  definitions.length === 0 ? (
    <Empty title="Write which one" />
  ) : (
    <div className="cards">
      {definitions.map((definition) => (
        <GroupsCard key={definition.name} definition={definition} />
      ))}
    </div>
  )
