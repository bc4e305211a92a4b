import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** A fresh machine knows no durations: what takes long begins first, so that nothing is left to wait for at the end. */
const LONGEST = [
  'test/parity/parity.test.ts',
  'test/simulation/simulation.test.ts',
  'libs/adapters/kafka/src/take-over.test.ts',
  'libs/adapters/kafka/src/broker-restart.test.ts',
  'libs/platform/src/parts/killed-kafka.test.ts',
  'test/parity/zones.test.ts',
  'apps/cli/src/definitions/definitions.test.ts',
  'libs/engine/batch/src/killed-worker.test.ts',
]

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const found = LONGEST.findIndex((path) => moduleId.endsWith(`/${path}`))
      return found < 0 ? LONGEST.length : found
    }
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b))
  }
}
