import { Suspense, useCallback, useEffect, useState } from 'react'
import { Boundary } from '../parts/boundary.tsx'
import { Icon } from '../parts/icon.tsx'
import { Loading } from '../parts/loading.tsx'
import { useAddress } from './address.ts'
import { ConnectionNotice } from './connection-notice.tsx'
import { Link } from './link.tsx'
import { Navigation } from './navigation.tsx'
import { NotFound } from './not-found.tsx'
import { PAGES } from './pages.tsx'
import { Palette } from './palette.tsx'
import { PLACES } from './places.ts'
import { Pulse } from './pulse.tsx'
import { useShortcuts } from './shortcuts.ts'
import { ThemeSwitch } from './theme-switch.tsx'

/** What is around every page. */
export const Shell = () => {
  const { path } = useAddress()
  const [isSearching, setSearching] = useState(false)
  const search = useCallback(() => setSearching(true), [])
  useShortcuts(search)
  const [place = '', ...rest] = path
  const Page = PAGES[place] ?? NotFound
  useTitle(place, rest)
  return (
    <div className="shell">
      <a href="#page" className="skip-link">
        Skip to the page
      </a>
      <Head search={search} />
      <Navigation current={place} />
      <main id="page" className="page" tabIndex={-1}>
        <ConnectionNotice />
        <Boundary key={place}>
          <Suspense fallback={<Loading what="the page" />}>
            <Page path={rest} />
          </Suspense>
        </Boundary>
      </main>
      {isSearching ? <Palette close={() => setSearching(false)} /> : null}
    </div>
  )
}

const isApple = /Mac|iPhone|iPad/.test(navigator.userAgent)

const Head = ({ search }: { readonly search: () => void }) => (
  <header className="head">
    <Link to="/" className="brand" aria-label="Tidewater, front page">
      <img src="/icon.svg" alt="" width="28" height="28" />
      <span>Tidewater</span>
    </Link>
    <button type="button" className="search-button" onClick={search}>
      <Icon size={16} d="M9 3.5a5.5 5.5 0 1 0 0 11a5.5 5.5 0 1 0 0-11M13 13l4 4" />
      <span className="search-words">Go to a view, a page, an action…</span>
      <kbd>{isApple ? '⌘' : 'Ctrl'} K</kbd>
    </button>
    <Pulse />
    <ThemeSwitch />
  </header>
)

const useTitle = (place: string, rest: readonly string[]): void => {
  const name = PLACES.find(({ path }) => path === place)?.name ?? 'Not found'
  const title = [...rest.slice(0, 2).reverse(), name, 'Tidewater'].join(' · ')
  useEffect(() => {
    document.title = title
  }, [title])
}
