import type { Browser, Page } from 'playwright-core'
import type { Platform } from '../e2e/platform.ts'
import { DESKTOP, openPage } from './browser.ts'

/** While events come, a number on a page lies between what GraphQL says before and after it is read. */
interface Compared {
  readonly name: string
  readonly address: string
  readonly shown: (page: Page) => Promise<number>
  readonly truth: (platform: Platform) => Promise<number>
}

interface Total {
  readonly view: { readonly total: { readonly orders: number }; readonly rowCount: number }
}

const totalOf = (platform: Platform, words: string): Promise<Total> =>
  platform.graphql<Total>(`{ view(${words}) { total rowCount } }`)

const digits = (text: string | null): number => Number((text ?? '').replace(/\D/g, ''))

const COMPARED: readonly Compared[] = [
  {
    name: 'orders of the last hour',
    address: '/',
    shown: async (page) =>
      digits(
        await page
          .locator('.card', { has: page.getByRole('link', { name: 'Sales by product' }) })
          .locator('.figure-value')
          .first()
          .textContent(),
      ),
    truth: async (platform) =>
      (await totalOf(platform, 'name: "SalesByProduct", from: "now-1h"')).view.total.orders,
  },
  {
    name: 'visitors with state',
    address: '/views/UserActivity',
    shown: async (page) => digits(await page.getByText(/^[\d,]+ rows?$/).textContent()),
    truth: async (platform) => (await totalOf(platform, 'name: "UserActivity"')).view.rowCount,
  },
  {
    name: 'accepted events',
    address: '/pipeline',
    shown: async (page) =>
      digits(await page.locator('tr', { hasText: 'ShopEvent' }).first().locator('td').nth(1).textContent()),
    truth: async (platform) => {
      type Books = { status: { events: { event: string; accepted: number }[] } }
      const { status } = await platform.graphql<Books>('{ status { events { event accepted } } }')
      return status.events.find(({ event }) => event === 'ShopEvent')?.accepted ?? -1
    },
  },
]

/** Pages ask again after two seconds at most: what they show may be that old. */
const OLD_MS = 3_000

/** Answers every number that is not what GraphQL says. */
export const comparePages = async (browser: Browser, platform: Platform): Promise<readonly string[]> => {
  const { page, complaints } = await openPage(browser, DESKTOP)
  const faults: string[] = []
  for (const { name, address, shown, truth } of COMPARED) {
    await page.goto(`${platform.url}${address}`)
    await page.locator('td, .figure-value').first().waitFor()
    await page.waitForFunction(() => document.querySelector('.loading') === null)
    const before = await truth(platform)
    await page.waitForTimeout(OLD_MS)
    const value = await shown(page)
    const after = await truth(platform)
    if (value < before || value > after) faults.push(`${name}: ${value} is not from ${before} to ${after}`)
    if (after === 0) faults.push(`${name}: there are none to compare`)
  }
  await page.context().close()
  return [...faults, ...complaints]
}
