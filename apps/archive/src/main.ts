import { openArchivePorts, runArchivePart, runPart } from '@tidewater/platform'

/** Copies the log into the lake, and the lake's entries into ClickHouse; dead records into the dead topics. */
runPart('archive', async (opening) => runArchivePart(await openArchivePorts(opening), opening.settings))
