import type { Account } from '../../data/status.ts'
import { Table } from '../../parts/table.tsx'
import { count } from '../../words/format.ts'

const AMOUNTS = ['accepted', 'applied', 'duplicate', 'dead', 'waiting'] as const

/** The books of every event. */
export const Accounts = ({ accounts }: { readonly accounts: readonly Account[] }) => (
  <Table
    label="Books of every event"
    rows={accounts}
    idOf={({ event }) => event}
    columns={[
      { id: 'event', name: 'event', show: ({ event }) => <strong>{event}</strong> },
      ...AMOUNTS.map((name) => ({
        id: name,
        name,
        isAmount: true,
        show: (account: Account) => {
          const value = account[name]
          return value === null ? 'unknown' : count(value)
        },
      })),
      {
        id: 'balanced',
        name: 'books',
        show: ({ balanced }) => (
          <span className={balanced ? 'tag is-good' : 'tag is-bad'}>
            {balanced ? 'balance' : 'do not balance'}
          </span>
        ),
      },
    ]}
  />
)
