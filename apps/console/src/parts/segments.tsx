interface SegmentsProps {
  readonly label: string
  readonly value: string
  readonly options: readonly (readonly [value: string, name: string])[]
  readonly choose: (value: string) => void
}

/** One of two or three, side by side. */
export const Segments = ({ label, value, options, choose }: SegmentsProps) => (
  <div className="segments" role="group" aria-label={label}>
    {options.map(([option, name]) => (
      <button
        key={option}
        type="button"
        aria-pressed={option === value}
        className={`segment segment-${option.toLowerCase()}`}
        onClick={() => choose(option)}
      >
        {name}
      </button>
    ))}
  </div>
)
