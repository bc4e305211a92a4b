import { CALM, type Network, type World } from '@tidewater/testing/simulated'

/** Quiet stretches and stormy ones by turns: much is published in the one that the other then finds. */
export interface Weather {
  readonly isStormy: boolean
  /** Nothing goes wrong any more. */
  end(): void
}

const STORM: Readonly<Network> = {
  ...CALM,
  ...{ lost: 0.01, replyLost: 0.01, sentTwice: 0.01, slow: 0.03, slowMs: 2_500 },
}
const BREEZE: Readonly<Network> = { ...CALM, sentTwice: 0.005, slow: 0.005, slowMs: 500 }

/** Shares of seeds without any quiet stretch, and without any storm. */
const ONLY_STORM = 0.15
const ONLY_QUIET = 0.1

export const createWeather = ({ time, random, network }: World): Weather => {
  const kind = random.int(0, 99) / 100
  let isStormy = kind < ONLY_STORM
  let hasEnded = false
  const set = (): void => void Object.assign(network, isStormy ? STORM : BREEZE)
  const turn = (): void => {
    if (hasEnded) return
    isStormy = !isStormy
    set()
    time.after(random.int(3_000, 9_000), turn)
  }
  set()
  if (kind >= ONLY_STORM + ONLY_QUIET) time.after(random.int(0, 8_000), turn)
  return {
    get isStormy() {
      return isStormy
    },
    end: () => {
      hasEnded = true
      isStormy = false
      Object.assign(network, CALM)
    },
  }
}
