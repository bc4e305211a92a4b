import { dropTiles, firstNeededTile } from '@tidewater/windows'
import type { JsBody } from '@tidewater/expr'
import type { Shape } from './shape.ts'

/** `(s, newestMs) => void`. Totals and sessions are never trimmed: every row counts, and a late one may join any session. */
export const trimSource = (shape: Shape, body: JsBody): string => {
  const drops = shape.tiles.map(
    ({ field, grain, size }) => `if (s.${field} !== null) {
  const first = ${body.constant(firstNeededTile)}(newestMs, ${grain.ms}, ${grain.reachMs});
  if (s.${field}[0] < first) s.${field} = ${body.constant(dropTiles)}(s.${field}, first, ${size});
}`,
  )
  return `(s, newestMs) => {\n${drops.join('\n')}\n}`
}
