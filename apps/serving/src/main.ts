import { openServingPorts, runPart, serve } from '@tidewater/platform'

/** Answers questions by GraphQL and takes events in, on one port. */
runPart('serving', async (opening) => serve(await openServingPorts(opening), opening.settings))
