import { Icon } from '../parts/icon.tsx'
import { chooseTheme, useTheme, type Theme } from './theme.ts'

const NEXT: Readonly<Record<Theme, Theme>> = { system: 'light', light: 'dark', dark: 'system' }
const ICON: Readonly<Record<Theme, string>> = {
  system: 'M3 4h14v9H3zM7 17h6M10 13v4',
  light:
    'M10 6.5a3.5 3.5 0 1 0 0 7a3.5 3.5 0 1 0 0-7M10 2v1.5M10 16.5V18M2 10h1.5M16.5 10H18M4.3 4.3l1.1 1.1M14.6 14.6l1.1 1.1M4.3 15.7l1.1-1.1M14.6 5.4l1.1-1.1',
  dark: 'M16 12.5A6.8 6.8 0 0 1 7.5 4a6.5 6.5 0 1 0 8.5 8.5z',
}

export const ThemeSwitch = () => {
  const theme = useTheme()
  return (
    <button
      type="button"
      className="button is-quiet is-square"
      title={`Colours: ${theme}`}
      aria-label={`Colours: ${theme}; change to ${NEXT[theme]}`}
      onClick={() => chooseTheme(NEXT[theme])}
    >
      <Icon d={ICON[theme]} />
    </button>
  )
}
