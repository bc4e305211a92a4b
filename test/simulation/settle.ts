import type { World } from '@tidewater/testing/simulated'
import type { Counts } from './counts.ts'
import { TOPIC, VERSIONS } from './definitions.ts'
import type { Joined } from './joined.ts'
import { sentWrongly } from './sent-oracle.ts'
import type { Crew } from './crew.ts'
import type { GenerationOutcome, ReconcileResult } from '@tidewater/engine-batch'
import type { JobName } from '@tidewater/ports'
import type { Readers } from './readers.ts'
import type { Retention } from './retention.ts'
import type { Traffic } from './traffic.ts'
import type { Weather } from './weather.ts'

interface Scene {
  readonly world: World
  readonly traffic: Traffic
  readonly joined: Joined
  readonly retention: Retention
  readonly weather: Weather
  readonly crew: Crew
  readonly readers: Readers
  readonly faults: { deploying(): boolean }
  readonly counts: Counts
}

/** Faults end: everything must come to rest by itself, and the last answers have seen the whole log. */
export const settle = async (
  { world, traffic, joined, retention, weather, crew, readers, faults, counts }: Scene,
  wrong: (why: string) => void,
): Promise<void> => {
  const { time } = world
  weather.end()
  let failed = false
  const say = (why: string): void => {
    failed = true
    wrong(why)
  }
  const wait = (ms: number): Promise<void> => time.runUntil(time.now() + ms, () => failed)
  await wait(15_000)
  for (let i = 0; i < 10 && faults.deploying(); i++) await wait(5_000)
  if (failed) return
  const down = crew.members.filter(({ host, part }) => part === null || host.process.state !== 'running')
  if (down.length > 0) return say(`never up again: ${down.map(({ host }) => host.process.name).join(', ')}`)
  const generation = await during(world, job<GenerationOutcome>(world, crew, 'generation'), 120_000)
  if (generation === null) return say('a generation asked for after all faults never came')
  if (typeof generation === 'string') return say(generation)
  counts.add('final_generations')
  const result = await during(world, job<ReconcileResult | null>(world, crew, 'reconcile'), 120_000)
  if (result === null) return say('a reconcile asked for after all faults never came')
  if (typeof result === 'string') return say(result)
  const { checked, mismatched, missing, extra, building, first } = result
  if (mismatched + missing + extra > 0) return say(`reconcile found ${JSON.stringify(first)}`)
  if (building.length > 0) return say(`reconcile still finds ${building.join(', ')} building`)
  counts.add('reconciled', checked)
  const why = await during(world, readers.readAll(), 60_000)
  if (why !== null) {
    say(why)
    if (process.env['SIMULATION_TRACE'] !== undefined)
      for (const m of crew.up('speed'))
        console.log(
          m.host.process.name,
          JSON.stringify((m.part as unknown as { status(): unknown }).status()),
        )
  }
  if (failed) return
  const bounds = await during(world, world.log.bounds(TOPIC), 10_000)
  const lows = (bounds ?? []).map(({ low }) => low)
  // a log that is kept too short tells copies from nothing
  const sent = retention.isShortIn(TOPIC) ? null : sentWrongly(traffic.taken, traffic.made, lows)
  if (sent !== null) return say(sent)
  const made = crew.versions === VERSIONS || retention.isShortAnywhere ? null : joined.wrongly()
  if (made !== null) return say(made)
  for (const [name, count] of Object.entries(joined.counts())) counts.add(name, count)
  counts.add(
    'sent',
    traffic.made.reduce((sum, records) => sum + records.length, 0),
  )
}

const job = async <T>(world: World, crew: Crew, name: JobName): Promise<T | string> => {
  const [member] = crew.up('serving')
  if (member === undefined) return 'nobody serves'
  try {
    return (await world.jobs.link(member.host.process).run(name, {}, { timeoutMs: 110_000 })) as T
  } catch (error) {
    return `a ${name} asked for after all faults failed: ${error instanceof Error ? error.message : String(error)}`
  }
}

/** Lets time pass until the work is done; null: it never was. */
const during = async <T>(world: World, work: Promise<T>, ms: number): Promise<T | null> => {
  let done: { readonly value: T } | null = null
  let thrown: { readonly error: unknown } | null = null
  work.then(
    (value) => (done = { value }),
    (error: unknown) => (thrown = { error }),
  )
  await world.time.runUntil(world.time.now() + ms, () => done !== null || thrown !== null)
  if (thrown !== null) throw (thrown as { readonly error: unknown }).error
  return done === null ? null : (done as { readonly value: T }).value
}
