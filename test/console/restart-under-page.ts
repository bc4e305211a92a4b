import type { Browser } from 'playwright-core'
import type { Platform } from '../e2e/platform.ts'
import { DESKTOP, openPage } from './browser.ts'

/** Ends the platform under an open page and starts it anew at the same address: the page says both, and goes on by itself. */
export const restartUnderPage = async (
  browser: Browser,
  platform: Platform,
  start: () => Promise<Platform>,
): Promise<readonly string[]> => {
  const { page } = await openPage(browser, DESKTOP)
  const faults: string[] = []
  const says = (role: 'alert' | 'status', text: RegExp): Promise<void> =>
    page
      .getByRole(role)
      .filter({ hasText: text })
      .waitFor({ timeout: 15_000 })
      .catch((error: unknown) => void faults.push(`the page never said ${String(text)}: ${String(error)}`))
  await page.goto(`${platform.url}/`)
  await page.locator('.ranking li').first().waitFor()
  await platform.stop()
  await says('alert', /out of reach/)
  const again = await start()
  try {
    await says('status', /started anew|Connected again/)
    await page.locator('.pulse.is-live').waitFor()
  } finally {
    await again.stop()
  }
  await page.context().close()
  return faults
}
