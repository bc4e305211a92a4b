import { Figure, Figures } from '../../parts/figure.tsx'
import { compact, count, span } from '../../words/format.ts'
import { coveredBy, usualGap, type Generation } from './generation.ts'

interface NewestProps {
  readonly generations: readonly Generation[]
  readonly now: number
}

/** The newest one, and the number that must be nought. */
export const Newest = ({ generations, now }: NewestProps) => {
  const [newest] = generations
  if (newest === undefined) return null
  const gap = usualGap(generations)
  const read = generations.find(({ reconciled }) => reconciled !== null)
  return (
    <Figures>
      <Mismatches of={read} />
      <Figure
        name="Newest"
        value={`№ ${count(newest.number)}`}
        more={`built ${span(now - Date.parse(newest.builtAt))} ago${newest.published ? '' : ', not published'}`}
      />
      <Figure
        name="Records below its cut"
        value={compact(coveredBy(newest))}
        more="the rest is the speed layer’s"
      />
      <Figure
        name="Usual time between two"
        value={gap === null ? '–' : span(gap)}
        more="BATCH_EVERY sets it; skipped when nothing came"
      />
    </Figures>
  )
}

const Mismatches = ({ of }: { readonly of: Generation | undefined }) => {
  const found = of?.reconciled
  if (of === undefined || found === null || found === undefined)
    return <Figure name="Answers that differ from the archive" value="?" more="not read back yet" />
  return (
    <Figure
      name="Answers that differ from the archive"
      value={count(found.mismatched)}
      more={`of ${count(found.checked)} compared at generation № ${count(of.number)}`}
      mood={found.mismatched === 0 ? 'good' : 'bad'}
    />
  )
}
