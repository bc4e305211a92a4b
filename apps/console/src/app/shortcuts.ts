import { useEffect } from 'react'
import { go } from './address.ts'
import { PLACES } from './places.ts'

/** Ctrl or ⌘ K opens the palette, Alt and a digit a page: each with a modifier, so that neither speech nor typing sets one off. */
export const useShortcuts = (openPalette: () => void): void => {
  useEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault()
        openPalette()
        return
      }
      const digit = event.altKey ? /^Digit(\d)$/.exec(event.code)?.[1] : undefined
      const place = PLACES[Number(digit ?? 0) - 1]
      if (place === undefined) return
      event.preventDefault()
      go(`/${place.path}`)
    }
    window.addEventListener('keydown', pressed)
    return () => window.removeEventListener('keydown', pressed)
  }, [openPalette])
}
