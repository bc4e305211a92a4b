/** Grey where something will be; told to those who hear the page. */
export const Loading = ({ what, lines = 3 }: { readonly what: string; readonly lines?: number }) => (
  <div className="loading" role="status">
    <span className="unseen">Loading {what}</span>
    {Array.from({ length: lines }, (_, line) => (
      <span key={line} className="loading-line" />
    ))}
  </div>
)
