import { readdirSync, readFileSync } from 'node:fs'
import { startPlatform } from '../e2e/platform.ts'
import { report } from './report.ts'

const SETTLE_MS = 60_000
const WATCH_MS = 60_000
const TICKS_PER_SECOND = 100

/** All processes of the platform together, no traffic, scheduler on: CPU over a minute, a minute after start (Linux). */
export const idle = async (): Promise<void> => {
  const platform = await startPlatform({ env: { BATCH_EVERY: '10m' } })
  try {
    await pause(SETTLE_MS)
    const before = ticksBelow(platform.pid)
    await pause(WATCH_MS)
    const after = ticksBelow(platform.pid)
    const used = [...after].map(([name, ticks]) => [name, ticks - (before.get(name) ?? 0)] as const)
    const seconds = used.reduce((sum, [, ticks]) => sum + ticks, 0) / TICKS_PER_SECOND
    const value = (100 * seconds) / (WATCH_MS / 1000)
    const busiest = used.toSorted((a, b) => b[1] - a[1]).slice(0, 8)
    report({
      bench: 'idle',
      value,
      unit: '% of one core',
      baseline: 100,
      ratio: value / 100,
      goal: '< 15 %',
      baselineIs: 'one core',
      processes: busiest.map(
        ([name, ticks]) => `${name} ${((100 * ticks) / TICKS_PER_SECOND / (WATCH_MS / 1000)).toFixed(1)}`,
      ),
    })
  } finally {
    await platform.stop()
  }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** CPU ticks so far of a process and all its descendants, by 'pid command'. */
const ticksBelow = (root: number): Map<string, number> => {
  const stats = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        return [statOf(Number(pid))]
      } catch {
        return []
      }
    })
  const family = new Set([root])
  for (let grown = true; grown;) {
    const found = stats.filter(({ pid, parent }) => family.has(parent) && !family.has(pid))
    for (const { pid } of found) family.add(pid)
    grown = found.length > 0
  }
  return new Map(
    stats.filter(({ pid }) => family.has(pid)).map(({ pid, name, ticks }) => [`${pid} ${name}`, ticks]),
  )
}

const statOf = (pid: number) => {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
  const name =
    command
      .find((part) => /main\.ts|clickhouse|kafka|redis/.test(part))
      ?.split('/')
      .slice(-3)
      .join('/') ??
    command[0] ??
    ''
  return { pid, parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]), name }
}
