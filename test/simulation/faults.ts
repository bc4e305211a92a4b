import type { World } from '@tidewater/testing/simulated'
import type { Counts } from './counts.ts'
import type { Crew } from './crew.ts'
import type { Version } from './definitions.ts'
import type { Readers } from './readers.ts'
import type { Retention } from './retention.ts'
import type { Traffic } from './traffic.ts'
import type { Weather } from './weather.ts'

const MINUTE = 60_000
const MOST_PARTITIONS = 5

interface Scene {
  readonly world: World
  readonly weather: Weather
  readonly traffic: Traffic
  readonly crew: Crew
  readonly readers: Readers
  readonly retention: Retention
  readonly counts: Counts
}

/** Everything that may go wrong around the platform. */
export const createFaults = ({ world, weather, traffic, retention, crew, readers, counts }: Scene) => {
  const { random, time } = world
  const member = () => random.pick(crew.members)
  const { versions } = crew
  let [version] = versions as readonly [Version]
  let deploying = false
  const deploy = async (next: Version): Promise<void> => {
    if (deploying) return
    deploying = true
    counts.add(versions.indexOf(next) < versions.indexOf(version) ? 'rolled_back' : 'deployed')
    version = next
    for (const each of crew.members) {
      await new Promise<void>((resolve) => time.after(random.int(0, 400), resolve))
      await crew.restart(each, next)
    }
    deploying = false
  }
  const loseTail = async (): Promise<void> => {
    // what is kept is what the journal holds now; the loss comes when more has been said
    const takeBack = await world.store.keep()
    const losses = counts.of('stores_lost')
    time.after(random.int(10, 1_500), () => {
      // what is lost stays lost
      if (counts.of('stores_lost') > losses) return
      counts.add('tails_lost')
      void takeBack()
    })
  }
  const loseStore = (): void => {
    counts.add('stores_lost')
    void world.store.lose()
    readers.storeLost()
    if (random.chance(0.7)) {
      counts.add('queues_lost')
      world.jobs.lose()
    }
  }
  const powerCut = (): void => {
    counts.add('power_cuts')
    crew.killAll()
    world.disk.powerCut()
  }
  const loseWarehouse = (): void => {
    counts.add('warehouses_lost')
    world.shelf.lose()
  }
  const evict = (): void => {
    counts.add('evicted')
    member().host.log.evict()
  }
  const stepClock = (): void => {
    counts.add('clock_stepped')
    member().host.process.stepClock(random.int(-25, 25) * MINUTE)
  }
  const passHours = (): void => {
    counts.add('hours_passed')
    world.clock.step(random.int(1, 70) * MINUTE)
    // the brokers had time to look
    void retention.pass()
  }
  const setBrokersBack = (): void => {
    counts.add('broker_clock_back')
    world.clock.step(-random.int(1, 15) * MINUTE)
    // who asks as of more than an hour before the newest event is told so (L11); that is not what is looked for here
    time.after(500, () => world.clock.step(15 * MINUTE))
  }
  const grow = (): void => {
    if (traffic.taken.length < MOST_PARTITIONS) void traffic.grow()
  }
  /** What a good day brings too. */
  const mild: Actions = [
    [2, passHours],
    [1, traffic.skip],
    [0.5, () => void deploy(random.pick(versions))],
    [0.15, grow],
    [0.3, () => crew.kill(member())],
  ]
  const wild: Actions = [
    [2, () => crew.kill(member())],
    [2, () => crew.freeze(member(), random.int(100, 9_000))],
    [1, evict],
    [0.25, crew.killAll],
    [0.4, powerCut],
    [1, () => void loseTail()],
    [0.5, loseStore],
    [0.5, loseWarehouse],
    [1.2, stepClock],
    [1.2, passHours],
    [0.7, setBrokersBack],
    [1.2, () => void deploy(random.pick(versions))],
    [0.2, grow],
    [0.7, traffic.skip],
  ]
  const act = (actions: Actions): void => {
    const total = actions.reduce((sum, [weight]) => sum + weight, 0)
    let at = (random.int(0, 999_999) / 1_000_000) * total
    for (const [weight, action] of actions) {
      at -= weight
      if (at < 0) return action()
    }
  }
  return {
    act: (): void => act(weather.isStormy ? wild : mild),
    deploying: () => deploying,
  }
}

/** Each with its weight. */
type Actions = readonly (readonly [number, () => void])[]
