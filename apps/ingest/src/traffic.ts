import { runPart, startTraffic } from '@tidewater/platform'

/** Live events for the local platform, through its front door. */
runPart('traffic', ({ settings }) =>
  Promise.resolve(
    startTraffic({
      ...settings,
      url: `http://127.0.0.1:${settings.httpPort}`,
      pipelines: settings.traffic,
      rate: settings.trafficRate,
    }),
  ),
)
