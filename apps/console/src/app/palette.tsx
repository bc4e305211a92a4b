import { useEffect, useId, useRef, useState, type KeyboardEvent, type MouseEvent } from 'react'
import { useDefinitions } from '../data/definitions.ts'
import { commandsOf, type Command } from './commands.ts'
import { matching } from './matching.ts'

const LISTED = 40
const STEPS: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }

/** Everything by its name: a combobox in a dialog, all of it by keyboard. */
export const Palette = ({ close }: { readonly close: () => void }) => {
  const dialog = useRef<HTMLDialogElement>(null)
  const list = useId()
  const { data } = useDefinitions()
  const [text, setText] = useState('')
  const [chosen, setChosen] = useState(0)
  const found = matching(commandsOf(data?.definitions ?? []), text).slice(0, LISTED)
  const active = Math.min(chosen, found.length - 1)
  useEffect(() => dialog.current?.showModal(), [])
  useEffect(() => {
    document.getElementById(`${list}-${active}`)?.scrollIntoView({ block: 'nearest' })
  }, [list, active])
  const run = (command: Command | undefined): void => {
    if (command === undefined) return
    close()
    command.run()
  }
  const pressed = (event: KeyboardEvent): void => {
    const step = STEPS[event.key]
    if (step !== undefined) setChosen(Math.max(0, Math.min(found.length - 1, active + step)))
    else if (event.key === 'Enter') run(found[active])
    else return
    event.preventDefault()
  }
  return (
    <dialog ref={dialog} className="palette" aria-label="Go to" onClose={close} onClick={closeOutside}>
      <input
        type="text"
        role="combobox"
        aria-label="Search views, pages and actions"
        aria-expanded="true"
        aria-controls={list}
        aria-activedescendant={found.length === 0 ? undefined : `${list}-${active}`}
        aria-autocomplete="list"
        placeholder="Go to a view, a page, an action…"
        value={text}
        onChange={(event) => {
          setText(event.target.value)
          setChosen(0)
        }}
        onKeyDown={pressed}
      />
      <ul id={list} role="listbox" aria-label="Found">
        {found.map((command, index) => (
          <li
            key={command.id}
            id={`${list}-${index}`}
            role="option"
            aria-selected={index === active}
            onMouseMove={() => setChosen(index)}
            onClick={() => run(command)}
          >
            <span className="palette-kind">{command.kind}</span>
            <span className="palette-name">{command.name}</span>
            <span className="palette-doc">{command.doc}</span>
          </li>
        ))}
      </ul>
      {found.length === 0 ? <p className="palette-none">Nothing has a name like that.</p> : null}
    </dialog>
  )
}

const closeOutside = ({ target, currentTarget }: MouseEvent<HTMLDialogElement>): void => {
  if (target === currentTarget) currentTarget.close()
}
