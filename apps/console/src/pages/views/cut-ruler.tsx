import { useStatus } from '../../data/status.ts'
import type { Fresh } from '../../parts/freshness.tsx'
import { count } from '../../words/format.ts'
import './cut-ruler.css'

interface Place {
  readonly id: string
  readonly name: string
  readonly cut: number
  readonly next: number
  readonly high: number
}

/** Every partition as a ruler of offsets: batch up to the cut, speed from it on, then what is not applied yet. */
export const CutRuler = ({ of }: { readonly of: Fresh }) => {
  const { data } = useStatus()
  const places = of.offsets.map(({ topic, partition, next }): Place => {
    const isPlace = (other: { readonly topic: string; readonly partition: number }): boolean =>
      other.topic === topic && other.partition === partition
    const high = data?.status.partitions.find(isPlace)?.high ?? next
    return {
      id: `${topic}/${partition}`,
      name: String(partition),
      cut: of.cut.find(isPlace)?.next ?? 0,
      next,
      high: Math.max(high, next),
    }
  })
  const most = Math.max(1, ...places.map(({ high }) => high))
  return (
    <>
      <ul className="ruler-legend">
        <li className="layer-name is-batch">batch: below the cut</li>
        <li className="layer-name is-speed">speed: from the cut on</li>
      </ul>
      <ul className="rulers">
        {places.map((place) => (
          <li key={place.id} className="ruler">
            <span className="ruler-name">partition {place.name}</span>
            <span className="ruler-track" aria-hidden="true">
              <span className="ruler-batch" style={{ inlineSize: `${(place.cut / most) * 100}%` }} />
              <span
                className="ruler-speed"
                style={{ inlineSize: `${((place.next - place.cut) / most) * 100}%` }}
              />
              <span
                className="ruler-waiting"
                style={{ inlineSize: `${((place.high - place.next) / most) * 100}%` }}
              />
            </span>
            <span className="ruler-text">
              {count(place.cut)} + {count(place.next - place.cut)}
            </span>
          </li>
        ))}
      </ul>
    </>
  )
}
