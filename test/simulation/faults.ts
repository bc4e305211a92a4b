import type { World } from '@tidewater/testing/simulated'
import type { Counts } from './counts.ts'
import type { Crew } from './crew.ts'
import { HORIZON_MS, TOPIC, VERSIONS, type Version } from './definitions.ts'
import type { Readers } from './readers.ts'
import type { Traffic } from './traffic.ts'

const MINUTE = 60_000
const MOST_PARTITIONS = 5

/** Everything that may go wrong around the platform, each with its weight. */
export const createFaults = (
  world: World,
  traffic: Traffic,
  crew: Crew,
  readers: Readers,
  counts: Counts,
) => {
  const { random, time } = world
  const member = () => random.pick(crew.members)
  let version = crew.first
  let deploying = false
  const deploy = async (next: Version): Promise<void> => {
    if (deploying) return
    deploying = true
    counts.add(VERSIONS.indexOf(next) < VERSIONS.indexOf(version) ? 'rolled_back' : 'deployed')
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
    if (random.chance(0.5)) {
      counts.add('queues_lost')
      world.jobs.lose()
    }
  }
  const powerCut = (): void => {
    counts.add('power_cuts')
    crew.killAll()
    world.disk.powerCut()
  }
  /**
   * By cuts that were published a while ago, and only what no copy can be told by any more: as a topic that is kept for longer
   * than its horizon loses its oldest records.
   */
  let old: readonly { readonly partition: number; readonly cut: number }[] = []
  const retain = (): void => {
    for (const { partition, cut } of old) {
      const records = traffic.taken[partition] ?? []
      const appended = Math.max(0, ...records.filter((r) => r.offset < cut).map((r) => r.appendedAt))
      const useless = records.findLast((r) => r.offset < cut && r.appendedAt < appended - HORIZON_MS)
      if (useless === undefined) continue
      counts.add('retained')
      world.log.retain({ topic: TOPIC, partition }, useless.offset + 1)
    }
    old = (world.shelf.published?.cuts ?? []).map(({ partition, cut }) => ({ partition, cut }))
  }
  const actions: readonly (readonly [number, () => void])[] = [
    [2, () => crew.kill(member())],
    [2, () => crew.freeze(member(), random.int(100, 9_000))],
    [
      1,
      () => {
        counts.add('evicted')
        member().host.log.evict()
      },
    ],
    [0.25, crew.killAll],
    [0.3, powerCut],
    [1, () => void loseTail()],
    [0.35, loseStore],
    [
      1.2,
      () => {
        counts.add('clock_stepped')
        member().host.process.stepClock(random.int(-25, 25) * MINUTE)
      },
    ],
    [
      1.5,
      () => {
        counts.add('hours_passed')
        world.clock.step(random.int(1, 70) * MINUTE)
      },
    ],
    [
      0.4,
      () => {
        counts.add('broker_clock_back')
        world.clock.step(-random.int(1, 15) * MINUTE)
        // who asks as of more than an hour before the newest event is told so (L11); that is not what is looked for here
        time.after(500, () => world.clock.step(15 * MINUTE))
      },
    ],
    [1.2, () => void deploy(random.pick(VERSIONS))],
    [
      0.3,
      () => {
        if (traffic.taken.length < MOST_PARTITIONS) void traffic.grow()
      },
    ],
    [1, traffic.skip],
    [1, retain],
  ]
  const total = actions.reduce((sum, [weight]) => sum + weight, 0)
  return {
    act: (): void => {
      let at = (random.int(0, 999_999) / 1_000_000) * total
      for (const [weight, action] of actions) {
        at -= weight
        if (at < 0) return action()
      }
    },
    deploying: () => deploying,
  }
}
