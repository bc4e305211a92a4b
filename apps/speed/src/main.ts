import { openSpeedPorts, runPart, runSpeedPart } from '@tidewater/platform'

/** A speed worker: Kafka in, state in Redis. Start as many as there are partitions to share. */
runPart('speed', async (opening) => runSpeedPart(await openSpeedPorts(opening), opening.settings))
