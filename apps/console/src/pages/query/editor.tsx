import { EditorState } from '@codemirror/state'
import { EditorView } from '@codemirror/view'
import { updateSchema } from 'cm6-graphql'
import type { GraphQLSchema } from 'graphql'
import { useEffect, useRef } from 'react'
import { writing } from './editor-words.ts'

interface EditorProps {
  readonly text: string
  readonly write: (text: string) => void
  readonly ask: (text: string) => void
  readonly schema: GraphQLSchema | null
}

/** Where a question is written. Escape and then Tab leaves it: a keyboard is never caught. */
export const Editor = (props: EditorProps) => {
  const box = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView | null>(null)
  const newest = useRef(props)
  useEffect(() => {
    newest.current = props
  })
  useEffect(() => {
    if (box.current === null) return undefined
    const extensions = writing({
      write: (text) => newest.current.write(text),
      ask: (text) => newest.current.ask(text),
    })
    const editor = new EditorView({
      state: EditorState.create({ doc: newest.current.text, extensions }),
      parent: box.current,
    })
    view.current = editor
    return () => editor.destroy()
  }, [])
  useEffect(() => {
    if (props.schema !== null && view.current !== null) updateSchema(view.current, props.schema)
  }, [props.schema])
  useEffect(() => {
    const editor = view.current
    if (editor === null || editor.state.doc.toString() === props.text) return
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: props.text } })
  }, [props.text])
  return <div ref={box} className="editor" />
}
