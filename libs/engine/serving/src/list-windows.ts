import { createListing } from '@tidewater/merge'
import { addWindows } from './add-windows.ts'
import { queryOf, regroupingOf } from './asked-list.ts'
import type { Asked, FoundRows } from './asked-list.ts'
import type { GroupStates } from './kept-windows.ts'
import { listJoined } from './list-joined.ts'
import type { ViewRead } from './read-together.ts'
import type { ServingPorts } from './serving-ports.ts'

/** Rows of a view with window: of many windows as the warehouse joins them, else of each window as it comes. */
export const listWindows = async (
  ports: ServingPorts,
  read: ViewRead,
  asked: Asked,
  charge: (groups: number) => void,
): Promise<FoundRows> => {
  const joined = await listJoined(ports, read, asked, charge)
  if (joined !== null) return joined
  const { access, pointer } = read
  const { question, range } = asked
  const listing = createListing(access.machine, queryOf(asked))
  const how = regroupingOf(access, question, range)
  const batch = question.layer === 'SPEED' ? none() : ports.batchParts.windows(access, pointer, range.read)
  const previous = await addWindows(ports, read, asked, { listing, how, batch, charge })
  return { listed: listing.listed(), previous, past: null }
}

async function* none(): AsyncGenerator<GroupStates> {}
