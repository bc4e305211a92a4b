import { graphql } from '../../data/graphql.ts'
import { useStatus } from '../../data/status.ts'
import { useAct } from '../../data/use-act.ts'
import { Code } from '../../parts/code.tsx'
import { Failure } from '../../parts/failure.tsx'
import { count } from '../../words/format.ts'
import { GENERATION } from './generation.ts'

const BUILD = graphql(
  `
    mutation Build {
      runGeneration {
        ...Generation
      }
    }
  `,
  [GENERATION],
)

const RECONCILE = graphql(`
  mutation Reconcile {
    reconcile {
      checked
      mismatched
      missing
      extra
      first
      building
    }
  }
`)

/** Builds one now, or compares all answers with the archive now; and how far what runs is. */
export const Builds = () => {
  const build = useAct(BUILD)
  const reconcile = useAct(RECONCILE)
  const { data } = useStatus()
  const jobs = data?.status.jobs ?? []
  const isBusy = jobs.length > 0 || build.isRunning || reconcile.isRunning
  const error = build.error ?? reconcile.error
  return (
    <section className="builds" aria-label="Build and compare">
      <div className="buttons">
        <button type="button" className="button is-main" disabled={isBusy} onClick={() => build.run({})}>
          Build a generation now
        </button>
        <button type="button" className="button" disabled={isBusy} onClick={() => reconcile.run({})}>
          Compare all answers with the archive
        </button>
      </div>
      {jobs.map(({ name, step, fraction }) => (
        <div key={name} className="job">
          <label>
            {step}
            <progress value={fraction} max={1} />
          </label>
        </div>
      ))}
      {error === null ? null : <Failure error={error} />}
      {reconcile.done === undefined ? null : <Compared of={reconcile.done.reconcile} />}
    </section>
  )
}

interface ComparedProps {
  readonly of: {
    readonly checked: number
    readonly mismatched: number
    readonly missing: number
    readonly extra: number
    readonly first: unknown
    readonly building: readonly string[]
  }
}

const Compared = ({ of: { checked, mismatched, missing, extra, first, building } }: ComparedProps) => {
  const differing = mismatched + missing + extra
  return (
    <div className={differing === 0 ? 'notice is-good' : 'notice is-bad'} role="status">
      <p>
        <strong className="huge">{count(differing)}</strong> of {count(checked)} answers differ from a
        recompute of the archive at their own offsets
        {differing === 0
          ? '.'
          : `: ${count(mismatched)} are other, ${count(missing)} are missing, ${count(extra)} too many.`}
      </p>
      {building.length === 0 ? null : (
        <p>Not compared, for they do not hold their history yet: {building.join(', ')}.</p>
      )}
      {first === null ? null : <Code title="The first that differs" text={JSON.stringify(first, null, 2)} />}
    </div>
  )
}
