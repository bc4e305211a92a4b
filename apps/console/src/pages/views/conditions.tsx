import { useId, useState, type FormEvent } from 'react'
import { isAmount, type Definition } from '../../data/definitions.ts'
import { conditionsText, type Condition } from './question.ts'

const NAMES: Readonly<Record<Condition['word'], string>> = {
  eq: '=',
  startsWith: 'begins with',
  gt: '>',
  gte: '≥',
  lt: '<',
  lte: '≤',
}

interface ConditionsProps {
  readonly definition: Definition
  readonly conditions: readonly Condition[]
  readonly change: (text: string) => void
}

/** What rows must fulfil: those that are set, and one more to add. */
export const Conditions = ({ definition, conditions, change }: ConditionsProps) => (
  <>
    <AddCondition definition={definition} add={(one) => change(conditionsText([...conditions, one]))} />
    {conditions.length === 0 ? null : (
      <ul className="conditions" aria-label="Conditions">
        {conditions.map((condition, index) => {
          const text = `${condition.column} ${NAMES[condition.word]} ${condition.value}`
          return (
            <li key={`${index} ${text}`} className="tag">
              {text}
              <button
                type="button"
                aria-label={`Take away: ${text}`}
                onClick={() => change(conditionsText(conditions.filter((_, at) => at !== index)))}
              >
                ×
              </button>
            </li>
          )
        })}
      </ul>
    )}
  </>
)

const AddCondition = ({ definition, add }: AddConditionProps) => {
  const id = useId()
  const columns = definition.columns.filter(({ type }) => !type.startsWith('list'))
  const [name, setName] = useState(columns[0]?.name ?? '')
  const [word, setWord] = useState<Condition['word']>('eq')
  const [value, setValue] = useState('')
  const column = columns.find((one) => one.name === name)
  const words: readonly Condition['word'][] =
    column !== undefined && isAmount(column) ? ['eq', 'gt', 'gte', 'lt', 'lte'] : ['eq', 'startsWith']
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (value.trim() === '') return
    add({ column: name, word: words.includes(word) ? word : 'eq', value: value.trim() })
    setValue('')
  }
  return (
    <form className="field" onSubmit={submit}>
      <label htmlFor={id}>Where</label>
      <div className="condition">
        <select aria-label="Column" value={name} onChange={(event) => setName(event.target.value)}>
          {columns.map((one) => (
            <option key={one.name}>{one.name}</option>
          ))}
        </select>
        <select
          aria-label="Comparison"
          value={words.includes(word) ? word : 'eq'}
          onChange={(event) => setWord(event.target.value as Condition['word'])}
        >
          {words.map((one) => (
            <option key={one} value={one}>
              {NAMES[one]}
            </option>
          ))}
        </select>
        <input
          id={id}
          value={value}
          onChange={(event) => setValue(event.target.value)}
          placeholder="value"
          autoComplete="off"
        />
        <button type="submit" className="button" disabled={value.trim() === ''}>
          Add
        </button>
      </div>
    </form>
  )
}

interface AddConditionProps {
  readonly definition: Definition
  readonly add: (condition: Condition) => void
}
