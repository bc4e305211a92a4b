import type { Definition } from '../../data/definitions.ts'
import { GroupsCard } from './groups-card.tsx'
import type { LookBack } from './look-back.ts'
import { WindowsCard } from './windows-card.tsx'

interface ViewCardProps {
  readonly definition: Definition
  readonly lookBack: LookBack
}

/** A view by what it is: a course over time, or its first groups. */
export const ViewCard = ({ definition, lookBack }: ViewCardProps) =>
  definition.every === null ? (
    <GroupsCard definition={definition} />
  ) : (
    <WindowsCard definition={definition} every={definition.every} lookBack={lookBack} />
  )
