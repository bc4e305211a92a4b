/** Resolves with the reason to stop: Ctrl-C, SIGTERM, or the end of the process that started us. */
export function untilAskedToStop(): Promise<string> {
  return new Promise((resolve) => {
    let asked = false
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        if (asked && signal === 'SIGINT') process.exit(130)
        asked = true
        resolve(signal)
      })
    }
    // Set by bootstrap: when that is killed with SIGKILL nobody would tell us.
    const parent = Number(process.env.TIDEWATER_PARENT ?? 0)
    if (parent > 0 && parent === process.ppid) {
      setInterval(() => {
        if (process.ppid !== parent) resolve('the starting process ended')
      }, 1_000).unref()
    }
  })
}
