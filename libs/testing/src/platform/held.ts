import type { VirtualTime } from '../virtual-time.ts'

/** A port to something real (a database, a disk): virtual time stands still while any of its calls is under way. */
export const heldBy =
  (time: Pick<VirtualTime, 'hold'>) =>
  <T extends object>(port: T): T =>
    new Proxy(port, {
      get: (target, name): unknown => {
        const member: unknown = Reflect.get(target, name)
        if (typeof member === 'object' && member !== null) return heldBy(time)(member)
        if (typeof member !== 'function') return member
        return (...given: unknown[]): unknown => {
          const answer: unknown = Reflect.apply(member, target, given)
          if (answer instanceof Promise) return time.hold(answer)
          return isIterable(answer) ? held(time, answer) : answer
        }
      },
    })

const isIterable = (value: unknown): value is AsyncIterable<unknown> =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value

async function* held(time: Pick<VirtualTime, 'hold'>, all: AsyncIterable<unknown>): AsyncGenerator<unknown> {
  const pieces = all[Symbol.asyncIterator]()
  try {
    for (;;) {
      const { done, value } = await time.hold(pieces.next())
      if (done === true) return
      yield value
    }
  } finally {
    await time.hold(Promise.resolve(pieces.return?.()))
  }
}
