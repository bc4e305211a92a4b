import { must } from '@tidewater/base'
import type { Feature } from '@tidewater/learning'
import { compileView, type Machine, type Row, type State } from '@tidewater/plan'
import {
  buildCatalog,
  count,
  days,
  definitionOf,
  event,
  hours,
  id,
  instant,
  latest,
  minutes,
  view,
} from 'tidewater'
import type { Definition } from 'tidewater'

const Click = event('Click', {
  doc: 'Somebody clicked an advertisement.',
  fields: { ip: id(), app: id(), device: id(), os: id(), channel: id(), clickTime: instant() },
  key: 'ip',
  time: 'clickTime',
})
type Columns = 'ip' | 'app' | 'device' | 'os' | 'channel'

const GROUPS: Readonly<Record<string, readonly Columns[]>> = {
  ClicksByIp: ['ip'],
  ClicksByApp: ['app'],
  ClicksByChannel: ['channel'],
  ClicksByIpAndApp: ['ip', 'app'],
  ClicksByIpAndChannel: ['ip', 'channel'],
  ClicksByDevice: ['ip', 'device', 'os'],
  ClicksByAppAndChannel: ['app', 'channel'],
}

/** How much was clicked lately by the same address, on the same app, over the same channel …: windowed counts, as views. */
const VIEWS = Object.entries(GROUPS).map(([name, columns]) =>
  view(name, {
    from: Click,
    by: (click) => Object.fromEntries(columns.map((column) => [column, click[column]])),
    measure: (click) => ({
      tenMinutes: count().last(minutes(10)),
      anHour: count().last(hours(1)),
      aDay: count().last(days(1)),
      ever: count(),
      before: latest(click.clickTime),
    }),
  }),
)
const MEASURES = ['tenMinutes', 'anHour', 'aDay', 'ever'] as const

/** For each click, what the views said just before it: logarithms of counts, and of the seconds since the group's last click. */
export const clickFeatures = (
  texts: readonly Readonly<Record<string, string>>[],
): { readonly features: readonly Feature[]; readonly rows: readonly Float64Array[] } => {
  const catalog = buildCatalog(
    [Click, ...VIEWS].map((made) => ({
      definition: must(definitionOf(made) as Definition | undefined, 'the definition'),
      source: 'click-features.ts',
    })),
  )
  const machines = [...catalog.views.values()].map((definition) => compileView(definition, catalog))
  const states = machines.map(() => new Map<string, State>())
  const features = machines.flatMap(({ view: { name } }) =>
    [...MEASURES, 'secondsSince'].map((measure): Feature => ({ name: `${name}.${measure}`, kind: 'number' })),
  )
  const rows = texts.map((text, offset) => {
    const at = Date.parse(`${text['click_time']?.replace(' ', 'T')}Z`)
    if (Number.isNaN(at)) throw new Error(`click_time '${text['click_time']}' is no time`)
    const row = { ...text, clickTime: at } as unknown as Row
    return Float64Array.from(
      machines.flatMap((machine, n) => before(machine, must(states[n], 'states'), row, at, offset)),
    )
  })
  return { features, rows }
}

/** The view's row just before the click, then the click is added. */
const before = (
  machine: Machine,
  states: Map<string, State>,
  row: Row,
  at: number,
  offset: number,
): number[] => {
  const key = must(machine.keyOf(row), 'the key of a click')
  const known = states.get(key)
  const state = known ?? machine.zero()
  const measures = known === undefined ? null : machine.present(state, at)
  machine.add(state, row, 0, offset)
  machine.trim(state, at)
  states.set(key, state)
  if (measures === null) return [0, 0, 0, 0, NaN]
  const counts = MEASURES.map((name) => Math.log1p(Number(measures[name])))
  return [...counts, Math.log1p((at - Number(measures['before'])) / 1000)]
}
