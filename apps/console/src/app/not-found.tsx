import { Link } from './link.tsx'
import type { Page } from './page.ts'

export const NotFound: Page = () => (
  <div className="blank">
    <h1>There is no such page</h1>
    <p>
      The address names nothing here. <Link to="/">Go to the front page</Link>
    </p>
  </div>
)
