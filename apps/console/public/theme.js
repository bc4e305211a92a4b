// Before the first paint, so that a dark page never flashes white: what was chosen here, else what the system says.
const wantsDark = matchMedia('(prefers-color-scheme: dark)')
const applyTheme = () => {
  let chosen = 'system'
  try {
    chosen = localStorage.getItem('tidewater.theme') ?? 'system'
  } catch {
    // A browser that keeps nothing has no choice to remember.
  }
  document.documentElement.dataset.theme =
    chosen === 'system' ? (wantsDark.matches ? 'dark' : 'light') : chosen
  document.documentElement.dataset.chosen = chosen
}
wantsDark.addEventListener('change', applyTheme)
addEventListener('tidewater:theme', applyTheme)
applyTheme()
