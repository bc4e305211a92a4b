import { useAsked } from '../../app/address.ts'
import { isAmount, keysOf, measuresOf, type Definition } from '../../data/definitions.ts'
import { Choice } from '../../parts/choice.tsx'
import { title } from '../../words/title.ts'
import { Conditions } from './conditions.tsx'
import { LIMITS, type Question } from './question.ts'

const RANGES: readonly (readonly [string, string])[] = [
  ['now-15m', 'last 15 min'],
  ['now-1h', 'last hour'],
  ['now-6h', 'last 6 h'],
  ['now-24h', 'last 24 h'],
  ['now-7d', 'last 7 days'],
  ['now-30d', 'last 30 days'],
  ['now-90d', 'last 90 days'],
  ['all', 'everything'],
]
const PERIODS = ['1m', '5m', '15m', '1h', '1d', '1w', '1mo', '1q', '1y', 'all']
const LENGTHS: Readonly<Record<string, number>> = {
  s: 1,
  m: 60,
  h: 3_600,
  d: 86_400,
  w: 604_800,
  mo: 2e6,
  q: 7e6,
  y: 3e7,
}

const secondsOf = (period: string): number => {
  const [, number = '1', unit = ''] = /^(\d+)(\w+)$/.exec(period) ?? []
  return period === 'all' ? Infinity : Number(number) * (LENGTHS[unit] ?? 1)
}

interface AskingProps {
  readonly definition: Definition
  readonly question: Question
}

/** The fields a question is put together with; every one of them is in the address. */
export const Asking = ({ definition, question }: AskingProps) => {
  const { change: changeAddress } = useAsked()
  const change = (words: Readonly<Record<string, string | null>>): void =>
    changeAddress({ after: null, ...words })
  const keys = keysOf(definition).map(({ name }) => name)
  const { every } = definition
  return (
    <div className="fields">
      {every === null ? null : (
        <>
          <Choice
            label="From"
            value={question.from ?? 'all'}
            options={withOwn(RANGES, question.from ?? 'all')}
            choose={(from) => change({ from })}
          />
          <Choice
            label="In windows of"
            value={question.every ?? every}
            options={[
              ...new Set([every, ...PERIODS.filter((period) => secondsOf(period) > secondsOf(every))]),
            ].map((period) => [period, period])}
            choose={(period) => change({ every: period === every ? null : period })}
          />
        </>
      )}
      {keys.length === 0 ? null : (
        <Choice
          label="By"
          value={(question.groupBy ?? keys).join(',')}
          options={groupings(keys)}
          choose={(by) => change({ by: by === '' ? ' ' : by })}
        />
      )}
      <Choice
        label="Drawn"
        value={question.measure ?? ''}
        options={measuresOf(definition)
          .filter(isAmount)
          .map(({ name }) => [name, title(name)])}
        choose={(measure) => change({ measure })}
      />
      <Choice
        label="Rows"
        value={String(question.limit)}
        options={LIMITS.map((limit) => [String(limit), String(limit)])}
        choose={(limit) => change({ limit: limit === '100' ? null : limit })}
      />
      <Conditions definition={definition} conditions={question.where} change={(where) => change({ where })} />
    </div>
  )
}

const withOwn = (
  options: readonly (readonly [string, string])[],
  value: string,
): readonly (readonly [string, string])[] =>
  options.some(([option]) => option === value) ? options : [...options, [value, value]]

/** All keys, each alone, and none. */
const groupings = (keys: readonly string[]): readonly (readonly [string, string])[] => [
  [keys.join(','), keys.join(', ')],
  ...(keys.length > 1 ? keys.map((key) => [key, key] as const) : []),
  ['', 'nothing: all together'],
]
