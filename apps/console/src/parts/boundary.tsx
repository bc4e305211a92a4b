import { Component, type ReactNode } from 'react'

/** A page that breaks says so, and the pages beside it go on. */
export class Boundary extends Component<{ readonly children: ReactNode }, { readonly error: Error | null }> {
  override state = { error: null }

  static getDerivedStateFromError(error: Error): { readonly error: Error } {
    return { error }
  }

  override render(): ReactNode {
    const error: Error | null = this.state.error
    if (error === null) return this.props.children
    return (
      <div className="blank" role="alert">
        <h1>This page broke</h1>
        <p>
          It is a fault of the console, not of the numbers: <code>{String((error as Error).message)}</code>
        </p>
        <button type="button" className="button" onClick={() => location.reload()}>
          Load it anew
        </button>
      </div>
    )
  }
}
