import type { Lake, StateStore, Warehouse } from '@tidewater/ports'

interface Changed {
  readonly lake: Lake
  readonly store: StateStore
  readonly warehouses: readonly Warehouse[]
}

/** The same ports for a worker that dies at its `at`th step that changes something, before or after it took effect. */
export const dyingAt = <P extends Changed>(
  ports: P,
  at: number,
  when: 'before' | 'after',
): { readonly ports: P; readonly steps: () => number } => {
  let steps = 0
  const guard =
    <A extends unknown[], R>(step: (...given: A) => Promise<R>) =>
    async (...given: A): Promise<R> => {
      const mine = ++steps
      if (mine === at && when === 'before') throw new Error('crash')
      const result = await step(...given)
      if (mine === at) throw new Error('crash')
      return result
    }
  const { lake, store, warehouses } = ports
  return {
    steps: () => steps,
    ports: {
      ...ports,
      lake: {
        ...lake,
        add: guard(lake.add),
        retire: guard(lake.retire),
        addGeneration: guard(lake.addGeneration),
      },
      store: {
        ...store,
        commit: guard(store.commit),
        loadBatch: guard(store.loadBatch),
        dropBatch: guard(store.dropBatch),
        movePointer: guard(store.movePointer),
        sweep: guard(store.sweep),
      },
      warehouses: warehouses.map((warehouse): Warehouse => ({
        ...warehouse,
        build: guard(warehouse.build),
        publish: guard(warehouse.publish),
      })),
    },
  }
}
