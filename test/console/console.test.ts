import { freePort } from '@tidewater/stack'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startPlatform, type Platform } from '../e2e/platform.ts'
import { barriersOf, DESKTOP, openBrowser, openPage, PHONE, unrolled, type Watched } from './browser.ts'
import { PLACES } from './places.ts'
import { buryLine, postVisits, visits } from './visits.ts'

/** `npm run e2e` looks at every page. */
const BRIEFLY = ['live', 'view-groups', 'view-layers', 'pipeline', 'generations', 'query']

/** Pages ask every second or two. */
const SOON = { timeout: 15_000, interval: 50 }

let platform: Platform
let browser: Browser
let watched: Watched
let page: Page

beforeAll(async () => {
  browser = await openBrowser()
  platform = await startPlatform({
    args: ['--memory', '--port', String(await freePort())],
    env: { ARCHIVE_EVERY: '500' },
  })
  await postVisits(platform.url, visits(0, 36))
  watched = await openPage(browser, DESKTOP)
  page = watched.page
}, 60_000)
afterAll(async () => {
  await browser?.close()
  await platform?.stop()
})

const at = (address: string) => page.goto(`${platform.url}${address}`)
const textOf = (selector: string) => page.locator(selector).first().textContent()
/** The value of a named figure. */
const figure = (name: string) =>
  page.locator('.figure', { has: page.getByText(name, { exact: true }) }).locator('.figure-value')

describe('the console', () => {
  it('shows on its front page what was sent, within a first load of 250 kB', async () => {
    await at('/')
    await expect.poll(() => figure('Events applied').textContent(), SOON).toBe('36')
    await expect.poll(() => figure('Waiting to be applied').textContent(), SOON).toBe('0')
    // Twelve purchases of 12.50, by arithmetic.
    await expect.poll(() => figure('Revenue').first().textContent(), SOON).toBe('150.00')
    const first = [...watched.loaded].filter(([path]) => !path.includes('chart'))
    expect(first.some(([path]) => path.endsWith('.js'))).toBe(true)
    expect(first.reduce((sum, [, bytes]) => sum + bytes, 0)).toBeLessThan(250_000)
  })

  it('has batch, speed and both side by side, which add up', async () => {
    await at('/generations')
    await page.getByRole('button', { name: 'Build a generation now' }).click()
    await expect.poll(() => figure('Newest').textContent(), SOON).toBe('№ 1')
    await expect.poll(() => figure('Answers that differ from the archive').textContent(), SOON).toBe('0')
    await postVisits(platform.url, visits(36, 72))
    await at('/views/SalesByCategory?tab=layers&by=category&measure=orders')
    const sum = page.getByText(/batch \+ speed = merged in (\d+) of \1 rows/)
    await sum.waitFor()
    const cells = await page
      .locator('.table tbody tr')
      .evaluateAll((rows) =>
        rows.map((row) =>
          [...row.querySelectorAll('td')].slice(-3).map((cell) => Number(cell.textContent) || 0),
        ),
      )
    const totals = [0, 1, 2].map((layer) => cells.reduce((total, row) => total + (row[layer] ?? 0), 0))
    expect(totals).toEqual([12, 12, 24])
  })

  it('answers as GraphQL does, row by row', async () => {
    await at('/views/UserActivity?order=userId+asc')
    const answer = await platform.graphql<{ userActivityList: { rows: Record<string, unknown>[] } }>(
      '{ userActivityList(orderBy: [{ userId: ASC }]) { rows { userId eventCountRealtime lastEventType } } }',
    )
    await page.locator('td').first().waitFor()
    const shown = await page.locator('.table tbody tr').evaluateAll((rows) =>
      rows.map((row) => {
        const cells = [...row.querySelectorAll('td')].map((cell) => cell.textContent)
        return { userId: cells[0], eventCountRealtime: Number(cells[1]), lastEventType: cells.at(-1) }
      }),
    )
    expect(shown).toEqual(answer.userActivityList.rows)
    expect(shown).toHaveLength(3)
    await page.getByRole('link', { name: 'u0' }).click()
    await expect.poll(() => textOf('.measures dd'), SOON).toBe('24')
    expect(new URL(page.url()).pathname).toBe('/entity/userId/u0')
  })

  it('prints a question that answers the same elsewhere', async () => {
    await at('/views/SalesByCategory?tab=copy&by=category&every=1d&from=now-24h&where=orders+gt+1')
    const query = (await textOf('.code pre')) ?? ''
    const { salesByCategory } = await platform.graphql<{ salesByCategory: { rows: unknown[] } }>(query)
    expect(salesByCategory.rows).toMatchObject([{ orders: 24, revenue: '300.00' }])
  })

  it('shows a dead letter as text whatever it holds, and what another try would do', async () => {
    await buryLine(platform.url)
    await at('/pipeline?dead=ShopEvent')
    await page.getByText('<img src=x onerror=alert(1)>').waitFor()
    await page.getByRole('button', { name: /^Try again/ }).click()
    await page.getByRole('dialog').getByText('none of them is an event yet').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
  })

  it('completes and asks by keyboard alone', async () => {
    await at('/query?q=%7B+status+%7B+views+%7D+%7D')
    await page.locator('.cm-content').click()
    await page.keyboard.press('Control+Enter')
    await expect.poll(() => textOf('pre.is-tall'), SOON).toContain('UserActivity')
    await page.keyboard.press('Control+k')
    await page.keyboard.type('top prod')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: 'Top products last hour' }).waitFor()
  })

  it('fits a phone and has no barrier, light or dark', async () => {
    const phone = await openPage(browser, PHONE)
    for (const { address, ready } of PLACES.filter(({ name }) => BRIEFLY.includes(name))) {
      await phone.page.goto(`${platform.url}${address}`)
      await phone.page.locator(ready).first().waitFor()
      const [wide, window] = await phone.page.evaluate(() => [
        document.documentElement.scrollWidth,
        innerWidth,
      ])
      expect(wide, `${address} is wider than the phone`).toBeLessThanOrEqual(window ?? 0)
      await unrolled(phone.page)
      expect(await barriersOf(phone.page), address).toEqual([])
      await phone.page.setViewportSize(PHONE)
    }
    expect(phone.complaints).toEqual([])
    await at('/')
    await page.locator('.ranking li').first().waitFor()
    expect(await barriersOf(page)).toEqual([])
  })

  it('says so when the platform is gone, and keeps what it knew', async () => {
    expect(watched.complaints).toEqual([])
    await at('/')
    await expect.poll(() => figure('Events applied').textContent(), SOON).toBe('72')
    await platform.stop()
    await page.getByRole('alert').getByText('The platform is out of reach since').waitFor({ timeout: 10_000 })
    expect(await figure('Events applied').textContent()).toBe('72')
  })
})
