import { useSyncExternalStore } from 'react'

/** Where the reader is. Everything a page shows follows from it, so that an address can be sent to somebody. */
export interface Address {
  /** Parts of the path, decoded: ['views', 'UserActivity']. */
  readonly path: readonly string[]
  readonly asked: URLSearchParams
}

const CHANGED = 'tidewater:address'

const read = (): Address => ({
  path: location.pathname.split('/').filter(Boolean).map(decoded),
  asked: new URLSearchParams(location.search),
})

const decoded = (part: string): string => {
  try {
    return decodeURIComponent(part)
  } catch (error) {
    if (error instanceof URIError) return part
    throw error
  }
}

let address = read()

const listen = (listener: () => void): (() => void) => {
  const changed = (): void => {
    address = read()
    listener()
  }
  window.addEventListener('popstate', changed)
  window.addEventListener(CHANGED, changed)
  return () => {
    window.removeEventListener('popstate', changed)
    window.removeEventListener(CHANGED, changed)
  }
}

export const useAddress = (): Address => useSyncExternalStore(listen, () => address)

/** '/views/UserActivity?tab=explain'; what is null or '' is left out. */
export const addressOf = (
  path: readonly string[],
  asked: Readonly<Record<string, string | null | undefined>> = {},
): string => {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(asked))
    if (value !== null && value !== undefined && value !== '') search.set(name, value)
  const text = search.toString()
  return `/${path.map(encodeURIComponent).join('/')}${text === '' ? '' : `?${text}`}`
}

export const go = (to: string, how: 'push' | 'replace' = 'push'): void => {
  if (how === 'push') history.pushState(null, '', to)
  else history.replaceState(null, '', to)
  address = read()
  window.dispatchEvent(new Event(CHANGED))
}

/** The words of the present address, and how to change some of them: null or '' takes one out. */
export const useAsked = (): {
  readonly of: (name: string) => string | null
  readonly change: (words: Readonly<Record<string, string | null>>, how?: 'push' | 'replace') => void
} => {
  const { path, asked } = useAddress()
  return {
    of: (name) => asked.get(name),
    change: (words, how = 'replace') => go(addressOf(path, { ...Object.fromEntries(asked), ...words }), how),
  }
}
