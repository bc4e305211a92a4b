import { useDefinitions, type Definition } from '../../data/definitions.ts'
import { title } from '../../words/title.ts'
import { graphqlOf } from '../views/printed.ts'
import { questionOf } from '../views/question.ts'

type Named = readonly [name: string, query: string]

const OF_THE_PLATFORM: readonly Named[] = [
  [
    'What runs',
    '{\n  status { now workers { name role partitions troubles } jobs { name step fraction } }\n}',
  ],
  [
    'Where the records are',
    '{\n  status { events { event accepted applied duplicate dead waiting balanced } }\n}',
  ],
  ['Generations', '{\n  generations { number builtAt published reconciled { checked mismatched } }\n}'],
  ['Dead letters', '{\n  deadLetters { event total reasons { reason kind count } }\n}'],
]

const exampleOf = (definition: Definition): Named => [
  title(definition.name),
  graphqlOf(definition, { ...questionOf(definition, () => null), limit: 25 }),
]

interface ExamplesProps {
  readonly past: readonly string[]
  readonly choose: (query: string) => void
}

/** Questions to begin with: of every view, of the platform, and what was asked before. */
export const Examples = ({ past, choose }: ExamplesProps) => {
  const { data } = useDefinitions()
  const ofViews = (data?.definitions ?? []).map(exampleOf)
  return (
    <>
      <Questions label="Examples" questions={[...ofViews, ...OF_THE_PLATFORM]} choose={choose} />
      {past.length === 0 ? null : (
        <Questions
          label="Asked before"
          questions={past.map((query) => [inShort(query), query])}
          choose={choose}
        />
      )}
    </>
  )
}

const LETTERS = 60

const inShort = (query: string): string => {
  const words = query.replace(/#.*$/gm, '').replace(/\s+/g, ' ').trim()
  return words.length > LETTERS ? `${words.slice(0, LETTERS)}…` : words
}

interface QuestionsProps {
  readonly label: string
  readonly questions: readonly Named[]
  readonly choose: (query: string) => void
}

const Questions = ({ label, questions, choose }: QuestionsProps) => (
  <section aria-label={label}>
    <h2 className="card-title">{label}</h2>
    <ul className="questions">
      {questions.map(([name, query]) => (
        <li key={query}>
          <button type="button" className="button is-small" onClick={() => choose(query)}>
            {name}
          </button>
        </li>
      ))}
    </ul>
  </section>
)
