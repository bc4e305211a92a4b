import { createLog, loadCatalog, loadConfig, runUntilStopped } from '@tidewater/runtime'
import { startTraffic } from './start-traffic.ts'

/** Live visitors for the local platform, through its front door. */
const config = loadConfig()
const log = createLog('traffic', config.logLevel)

runUntilStopped(log, async () => {
  const catalog = await loadCatalog({ dirs: [] })
  return startTraffic({ url: `http://127.0.0.1:${config.httpPort}`, rate: config.trafficRate, catalog, log })
})
