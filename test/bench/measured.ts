/** What one process took for `count` events: events/s from the first event on, CPU seconds and peak memory. */
export interface Measured {
  readonly perSecond: number
  readonly seconds: number
  readonly cpuSeconds: number
  readonly peakMegabytes: number
}

/** A stopwatch that starts at the first call of `start` and ignores the others. */
export const measured = () => {
  let began = 0
  let cpu = process.cpuUsage()
  return {
    start: () => {
      if (began !== 0) return
      began = performance.now()
      cpu = process.cpuUsage()
    },
    stop: (count: number): Measured => {
      const seconds = (performance.now() - began) / 1000
      const used = process.cpuUsage(cpu)
      return {
        perSecond: Math.round(count / seconds),
        seconds,
        cpuSeconds: (used.user + used.system) / 1e6,
        peakMegabytes: Math.round(process.resourceUsage().maxRSS / 1024),
      }
    },
  }
}
