import { openLog, runPart, takeEvents } from '@tidewater/platform'

/** The intake alone, to scale it apart from serving: POST /events/:event into Kafka. */
runPart('ingest', async (opening) => takeEvents(await openLog(opening), opening.settings))
