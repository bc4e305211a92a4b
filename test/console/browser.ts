import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { chromium, type Browser, type Page } from 'playwright-core'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome']

/** A browser of this machine. Throws a sentence when there is none. */
export const openBrowser = async (): Promise<Browser> => {
  const places = (process.env.PATH ?? '').split(delimiter)
  const found = places
    .flatMap((place) => NAMES.map((name) => join(place, name)))
    .find((path) => existsSync(path))
  if (found === undefined)
    throw new Error(
      'No Chromium found (it looks at the console): apt install chromium · brew install chromium',
    )
  return chromium.launch({ executablePath: found, args: ['--no-sandbox', '--disable-dev-shm-usage'] })
}

export interface Look {
  readonly theme: 'light' | 'dark'
  readonly width: number
  readonly height: number
}

export const DESKTOP: Look = { theme: 'light', width: 1280, height: 900 }
export const PHONE: Look = { theme: 'dark', width: 360, height: 740 }

/** A page, and whatever it complained of. */
export interface Watched {
  readonly page: Page
  readonly complaints: readonly string[]
  /** Bytes of its own files that came over the wire, by path. */
  readonly loaded: ReadonlyMap<string, number>
}

export const openPage = async (browser: Browser, { theme, width, height }: Look): Promise<Watched> => {
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: theme,
    reducedMotion: 'reduce',
    permissions: ['clipboard-read', 'clipboard-write'],
  })
  const page = await context.newPage()
  const complaints: string[] = []
  const loaded = new Map<string, number>()
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('response', (response) => {
    const { pathname } = new URL(response.url())
    const length = Number(response.headers()['content-length'] ?? 0)
    if (response.request().method() === 'GET' && response.status() === 200) loaded.set(pathname, length)
  })
  return { page, complaints, loaded }
}

const axeSource = readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

interface Violation {
  readonly id: string
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[]
}

/** Makes the window as tall as its page, so that nothing lies behind the bar at its foot, wherever one would have scrolled to. */
export const unrolled = async (page: Page): Promise<void> => {
  const { width = 0, height: before = 0 } = page.viewportSize() ?? {}
  // what comes later, or finds more room, makes it taller again
  for (let height = before, tries = 0; tries < 5; tries++) {
    const whole = await page.evaluate(() => document.documentElement.scrollHeight)
    if (whole <= height) return
    height = whole
    await page.setViewportSize({ width, height })
  }
}

/** What WCAG 2.2 AA finds wrong with a page as it stands, a line each. */
export const barriersOf = async (page: Page): Promise<readonly string[]> => {
  await page.evaluate(await axeSource)
  const violations = (await page.evaluate(`axe
    .run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] })
    .then(({ violations }) => violations)`)) as readonly Violation[]
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(
      ({ html, failureSummary = '' }) => `${id}: ${html.slice(0, 160)} ${failureSummary.slice(0, 200)}`,
    ),
  )
}
