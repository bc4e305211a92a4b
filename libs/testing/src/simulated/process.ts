import { PlatformError } from '@tidewater/base'
import type { Clock, Timers } from '@tidewater/ports'
import type { Random } from '../random.ts'
import type { VirtualTime } from '../virtual-time.ts'

/** What may happen to a command on its way: lost before the server, its reply lost, sent twice by a client that tries again. */
type Fate = 'arrives' | 'lost' | 'reply lost' | 'sent twice'

/** How commands travel. */
export interface Network {
  /** Longest time a usual message takes, ms. */
  usualMs: number
  /** Shares of commands with each fate, 0..1. */
  lost: number
  replyLost: number
  sentTwice: number
  /** Share that takes up to `slowMs` instead. */
  slow: number
  slowMs: number
}

/** Nothing ever goes wrong. */
export const CALM: Readonly<Network> = { usualMs: 6, lost: 0, replyLost: 0, sentTwice: 0, slow: 0, slowMs: 0 }

/** What surrounds a process. */
export interface Surroundings {
  readonly time: VirtualTime
  readonly random: Random
  /** The wall clock this one's own goes by, until it is stepped. */
  readonly clock: Pick<Clock, 'now'>
  readonly network: Network
}

/** Whether a command may be sent a second time by its client, and whether it goes over a network at all. */
export type Way = 'resent' | 'sent once' | 'local'

const UNANSWERED_MS = 2_000
/** A disk is slow more seldom than a network. */
const LOCAL_SLOW = 0.1
/** Share of looks that need no disk. */
const IN_MEMORY = 0.8

/**
 * One process of the platform: code that runs only while it lives, over commands that travel. A killed one hears no answer any
 * more, though commands it sent may still arrive; a frozen one goes on later as if nothing had happened: a zombie.
 */
export class Process {
  readonly name: string
  readonly clock: Clock
  readonly timers: Timers
  readonly #world: Surroundings
  #state: 'running' | 'frozen' | 'dead' = 'running'
  #wallOffset = 0
  /** Answers and timers that came while it was frozen. */
  #waiting: (() => void)[] = []
  /** Whether what was on its way at the kill still arrives. */
  #ghosts = true

  constructor(world: Surroundings, name: string) {
    this.name = name
    this.#world = world
    const { time, clock, random } = world
    const started = random.int(0, 1_000_000)
    this.clock = {
      now: () => clock.now() + this.#wallOffset,
      elapsed: () => started + time.now(),
    }
    this.timers = { after: (ms, run) => time.after(ms, () => this.run(run)) }
  }

  get state(): 'running' | 'frozen' | 'dead' {
    return this.#state
  }

  /** Code of this process: runs now, when it thaws, or never. */
  run(code: () => void): void {
    if (this.#state === 'running') code()
    else if (this.#state === 'frozen') this.#waiting.push(code)
  }

  /** Lets `code` run here after the time a message takes. */
  deliver(code: () => void): void {
    this.#world.time.after(this.#latency(), () => this.run(code))
  }

  /** Sends a command and resolves with its answer. `UNAVAILABLE` when it, or its answer, is lost. */
  call<T>(way: Way, command: () => Promise<T>): Promise<T> {
    if (way === 'local') return this.#here(command)
    const { time, random } = this.#world
    const fate = this.#fate(way)
    return new Promise((resolve, reject) => {
      const answered = (settle: () => void): void => this.deliver(settle)
      const lost = (): void =>
        void time.after(random.int(10, UNANSWERED_MS), () =>
          this.run(() =>
            reject(new PlatformError('UNAVAILABLE', `a command of ${this.name} was ${fate}`, 'try again')),
          ),
        )
      if (fate === 'lost') lost()
      else
        time.after(this.#latency(), () => {
          if (this.#state === 'dead' && !this.#ghosts) return
          command().then(
            (value) => {
              if (fate === 'reply lost') lost()
              else if (fate === 'arrives') answered(() => resolve(value))
            },
            (error: unknown) => {
              if (fate !== 'sent twice') answered(() => reject(error as Error))
            },
          )
        })
      if (fate === 'sent twice')
        time.after(this.#latency() * 3, () => {
          command().then(
            (value) => answered(() => resolve(value)),
            (error: unknown) => answered(() => reject(error as Error)),
          )
        })
    })
  }

  /** What it asks of its own machine is one step, is answered, and ends with it. */
  #here<T>(command: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#world.time.after(this.#latency(LOCAL_SLOW), () => {
        if (this.#state === 'dead') return
        command().then(
          (value) => this.run(() => resolve(value)),
          (error: unknown) => this.run(() => reject(error as Error)),
        )
      })
    })
  }

  /** Looks at something of its own machine: most of it is in memory already, and answered in the same moment. */
  look<T>(at: () => T): Promise<T> {
    const work = async (): Promise<T> => at()
    return this.#world.random.chance(IN_MEMORY) ? work() : this.#here(work)
  }

  kill(): void {
    this.#state = 'dead'
    this.#waiting = []
    this.#ghosts = this.#world.random.chance(0.7)
  }

  freeze(): void {
    if (this.#state === 'running') this.#state = 'frozen'
  }

  thaw(): void {
    if (this.#state !== 'frozen') return
    this.#state = 'running'
    const waiting = this.#waiting
    this.#waiting = []
    // one after the other, as an event loop does
    for (const code of waiting) this.#world.time.after(0, () => this.run(code))
  }

  /** The wall clock jumps, as by a correction from a time server, to `ms` off the others'. */
  stepClock(ms: number): void {
    this.#wallOffset = ms
  }

  /** `share`: how much of the network's share of slow commands. */
  #latency(share = 1): number {
    const { random, network } = this.#world
    if (random.chance(network.slow * share)) return random.int(10, network.slowMs)
    return network.usualMs === 0 ? 0 : random.int(1, network.usualMs)
  }

  #fate(way: 'resent' | 'sent once'): Fate {
    const { random, network } = this.#world
    if (random.chance(network.lost)) return 'lost'
    if (random.chance(network.replyLost)) return 'reply lost'
    return way === 'resent' && random.chance(network.sentTwice) ? 'sent twice' : 'arrives'
  }
}
