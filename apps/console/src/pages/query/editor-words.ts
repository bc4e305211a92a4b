import { closeBrackets, closeBracketsKeymap, completionKeymap } from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands'
import { bracketMatching, indentOnInput, syntaxHighlighting } from '@codemirror/language'
import { lintKeymap } from '@codemirror/lint'
import type { Extension } from '@codemirror/state'
import { EditorView, keymap, lineNumbers } from '@codemirror/view'
import { graphql } from 'cm6-graphql'
import { editorLook, wordColours } from './editor-look.ts'

interface Writer {
  readonly write: (text: string) => void
  readonly ask: (text: string) => void
}

/** All that makes a text a question: its language, completion from the schema, keys. */
export const writing = ({ write, ask }: Writer): Extension => [
  lineNumbers(),
  history(),
  bracketMatching(),
  closeBrackets(),
  indentOnInput(),
  graphql(),
  syntaxHighlighting(wordColours),
  editorLook,
  EditorView.lineWrapping,
  EditorView.contentAttributes.of({ 'aria-label': 'GraphQL question' }),
  EditorView.updateListener.of(({ docChanged, state }) => {
    if (docChanged) write(state.doc.toString())
  }),
  keymap.of([
    {
      key: 'Mod-Enter',
      run: ({ state }) => {
        ask(state.doc.toString())
        return true
      },
    },
    ...closeBracketsKeymap,
    ...completionKeymap,
    ...lintKeymap,
    ...historyKeymap,
    ...defaultKeymap,
    indentWithTab,
  ]),
]
