import { openTestPlatform } from '@tidewater/testing/platform'
import { count, event, id, instant, view } from 'tidewater'
import { catalogOf } from 'tidewater/fixture'
import { expect, test } from 'vitest'

/** `channel` is required since today. */
const Sale = event('Sale', {
  fields: { shop: id(), at: instant(), channel: id(), till: id().optional() },
  key: 'shop',
  time: 'at',
})
const ByShop = view('ByShop', { from: Sale, by: 'shop', measure: () => ({ sales: count() }) })
const ByChannel = view('ByChannel', { from: Sale, by: 'channel', measure: () => ({ sales: count() }) })
const ByTill = view('ByTill', {
  from: Sale,
  where: (sale) => sale.channel.is('desk'),
  by: (sale) => ({ till: sale.till.orSkip() }),
  measure: () => ({ sales: count() }),
})

const QUESTION = `{
  status { keyless { view records } }
  byChannelList { rows { channel sales } freshness { degraded } }
}`

test('status says what a view leaves out for want of a key, and no answer is degraded by it', async () => {
  const p = await openTestPlatform({ catalog: catalogOf([Sale, ByShop, ByChannel, ByTill]) })
  await p.startSpeed()
  const older = { shop: 's', at: 0 }
  await p.produce('Sale', older, older, { ...older, channel: 'web' }, { ...older, channel: 'desk' })
  await p.settle()
  expect(await p.ask(QUESTION)).toMatchObject({ status: { keyless: [] } })
  await p.generate()
  const whole = {
    rows: ['desk', 'web'].map((channel) => ({ channel, sales: 1 })),
    freshness: { degraded: [] },
  }
  expect(await p.ask(QUESTION)).toEqual({
    // Of the two with a channel only the one at the desk is for ByTill to take.
    status: {
      keyless: [
        { view: 'ByChannel', records: 2 },
        { view: 'ByTill', records: 1 },
      ],
    },
    byChannelList: whole,
  })
  await p.close()
})
