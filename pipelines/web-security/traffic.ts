/** Believable requests of a small site: pure and seeded. Most come from readers, some from a scanner that tries what is not there. */
import { exponential, seeded } from '../random.ts'
import { isoOf, type Sent, type TrafficOptions } from '../sent.ts'

export interface WebRequestJson {
  readonly ip: string
  /** ISO, UTC. */
  readonly at: string
  readonly method: string
  readonly path: string
  readonly status: number
  readonly bytes: number
  readonly agent: string
}

const PAGES = [
  '/',
  '/style.css',
  '/favicon.ico',
  '/blog/',
  '/blog/tides',
  '/about',
  '/search?q=harbour',
  '/login',
]
const PROBED = [
  '.env',
  'wp-login.php',
  'admin/',
  '.git/config',
  'phpmyadmin/',
  'backup.zip',
  'shell.php',
  'api/v1/users',
]
const AGENTS = ['Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0', 'Mozilla/5.0 (Macintosh) Safari/605.1.15']
const READERS = 400
const SCAN_SHARE = 0.004
const SCAN_LENGTH = 40
const BROKEN_SHARE = 0.005
const CACHED_SHARE = 0.15

/** Endless, in the order of time. */
export function* traffic({ seed, now, rate }: TrafficOptions): Generator<Sent<WebRequestJson>, never> {
  const random = seeded(seed)
  let at = now
  let scan = { ip: '', left: 0 }
  for (;;) {
    at += (exponential(random) * 1_000) / rate
    if (scan.left === 0 && random() < SCAN_SHARE)
      scan = { ip: `198.51.100.${1 + Math.floor(random() * 250)}`, left: SCAN_LENGTH }
    const scans = scan.left > 0 && random() < 0.5
    if (scans) scan = { ...scan, left: scan.left - 1 }
    yield { sendAt: at, event: { ...(scans ? probe(scan, random) : visit(random)), at: isoOf(at) } }
  }
}

const probe = (scan: { readonly ip: string; readonly left: number }, random: () => number) => ({
  ...{ ip: scan.ip, method: 'GET', status: 404, bytes: 196, agent: 'python-requests/2.32' },
  path: `/${PROBED[scan.left % PROBED.length] ?? ''}${scan.left > PROBED.length ? `?${scan.left}` : ''}`,
  ...(random() < 0.1 ? { status: 403, bytes: 199 } : {}),
})

/** The first readers come most often, the first pages are read most. */
const visit = (random: () => number) => {
  const reader = Math.floor(random() ** 2 * READERS)
  const path = PAGES[Math.floor(random() ** 1.7 * PAGES.length)] ?? '/'
  const posts = path === '/login' && random() < 0.5
  const [status, bytes] =
    random() < BROKEN_SHARE
      ? [500, 530]
      : random() < CACHED_SHARE
        ? [304, 0]
        : [200, 400 + Math.floor(random() ** 3 * 60_000)]
  const agent = AGENTS[reader % AGENTS.length] ?? ''
  const ip = `203.0.${113 + Math.floor(reader / 250)}.${1 + (reader % 250)}`
  return { ip, method: posts ? 'POST' : 'GET', path, status, bytes, agent }
}
