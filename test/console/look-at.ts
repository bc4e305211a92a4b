import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { barriersOf, openPage, unrolled, type Look } from './browser.ts'
import type { Place } from './places.ts'

export interface LookOptions {
  readonly url: string
  readonly look: Look
  readonly places: readonly Place[]
  /** Directory of the pictures. */
  readonly pictures: string
}

/** Goes to every place and takes its picture; answers what is wrong: complaints, barriers, pages that are too wide. */
export const lookAt = async (browser: Browser, options: LookOptions): Promise<readonly string[]> => {
  const { url, look, places, pictures } = options
  mkdirSync(pictures, { recursive: true })
  const { page, complaints } = await openPage(browser, look)
  const faults: string[] = []
  for (const { name, address, ready } of places) {
    await page.goto(`${url}${address}`)
    await page.locator(ready).first().waitFor()
    await drawn(page)
    await unrolled(page)
    await page.screenshot({ path: join(pictures, `${name}.png`) })
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
    if (wide > 0) faults.push(`${name} is ${wide} px wider than the window`)
    faults.push(...(await barriersOf(page)).map((barrier) => `${name}: ${barrier}`))
    await page.setViewportSize(look)
  }
  await page.context().close()
  return [...faults, ...complaints]
}

/** Nothing is loading any more, and charts have their lines. */
const drawn = async (page: Page): Promise<void> => {
  await page.waitForFunction(() => document.querySelector('.loading') === null)
  await page.waitForFunction(() =>
    [...document.querySelectorAll('.chart')].every((chart) => chart.querySelector('canvas') !== null),
  )
}
