import { Icon } from '../parts/icon.tsx'
import { Link } from './link.tsx'
import { PLACES } from './places.ts'

/** The pages: at the side, or at the foot of a phone. */
export const Navigation = ({ current }: { readonly current: string }) => (
  <nav className="navigation" aria-label="Pages">
    {PLACES.map(({ path, name, icon }) => (
      <Link
        key={path}
        to={`/${path}`}
        className="navigation-link"
        aria-current={path === current ? 'page' : undefined}
      >
        <Icon d={icon} />
        <span>{name}</span>
      </Link>
    ))}
  </nav>
)
