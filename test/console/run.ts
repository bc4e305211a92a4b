/** `npm run e2e`: every page of the console in a real browser with live traffic; pictures go to .tidewater/pictures. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { freePort } from '@tidewater/stack'
import { REPOSITORY, startPlatform, type Platform } from '../e2e/platform.ts'
import { openBrowser, type Look } from './browser.ts'
import { comparePages } from './compare-pages.ts'
import { PLACES } from './places.ts'
import { buryLine } from './visits.ts'
import { restartUnderPage } from './restart-under-page.ts'
import { lookAt } from './look-at.ts'

const LOOKS: Readonly<Record<string, Look>> = {
  'desktop-light': { theme: 'light', width: 1440, height: 900 },
  'desktop-dark': { theme: 'dark', width: 1440, height: 900 },
  'phone-light': { theme: 'light', width: 360, height: 740 },
  'phone-dark': { theme: 'dark', width: 360, height: 740 },
}
const pictures = join(REPOSITORY, '.tidewater', 'pictures')

const port = await freePort()
const start = (dir?: string): Promise<Platform> =>
  startPlatform({
    args: ['--memory', '--port', String(port)],
    traffic: true,
    env: { TRAFFIC_RATE: '50', BATCH_EVERY: '15s', ARCHIVE_EVERY: '1000' },
    ...(dir === undefined ? {} : { dir }),
  })

mkdirSync(pictures, { recursive: true })
const browser = await openBrowser()
const platform = await start()
await buryLine(platform.url)
const faults: string[] = []
const tell = (what: string, found: readonly string[]): void => {
  console.log(`${found.length === 0 ? '✓' : '✗'} ${what}`)
  for (const fault of found) console.log(`    ${fault}`)
  faults.push(...found)
}
try {
  tell('numbers are those of GraphQL', await comparePages(browser, platform))
  for (const [name, look] of Object.entries(LOOKS))
    tell(
      name,
      await lookAt(browser, { url: platform.url, look, places: PLACES, pictures: join(pictures, name) }),
    )
  tell('a restart under an open page', await restartUnderPage(browser, platform, start))
} finally {
  await browser.close()
  await platform.stop()
}
console.log(`${faults.length === 0 ? 'All is well' : `${faults.length} faults`}; pictures in ${pictures}`)
process.exit(faults.length === 0 ? 0 : 1)
