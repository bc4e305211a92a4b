import { useSyncExternalStore } from 'react'

export type Theme = 'system' | 'light' | 'dark'

const KEY = 'tidewater.theme'
/** `public/theme.js` listens: it sets the colours before the first paint and ever after. */
const CHOSEN = 'tidewater:theme'
const page = document.documentElement

const chosen = (): Theme => {
  const theme = page.dataset['chosen']
  return theme === 'light' || theme === 'dark' ? theme : 'system'
}

export const chooseTheme = (theme: Theme): void => {
  try {
    localStorage.setItem(KEY, theme)
  } catch (error) {
    // A browser that keeps nothing stays with its system.
    if (!(error instanceof DOMException)) throw error
  }
  window.dispatchEvent(new Event(CHOSEN))
}

const listen = (listener: () => void): (() => void) => {
  const watcher = new MutationObserver(listener)
  watcher.observe(page, { attributeFilter: ['data-theme', 'data-chosen'] })
  return () => watcher.disconnect()
}

export const useTheme = (): Theme => useSyncExternalStore(listen, chosen)

/** What is drawn by canvas needs to know which colours stand now. */
export const useIsDark = (): boolean => useSyncExternalStore(listen, () => page.dataset['theme'] === 'dark')
