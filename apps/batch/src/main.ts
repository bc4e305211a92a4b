import { openBatchPorts, runBatchPart, runPart } from '@tidewater/platform'

/** Builds, publishes and reconciles generations: on demand and every BATCH_EVERY. */
runPart('batch', async (opening) => runBatchPart(await openBatchPorts(opening), opening.settings))
