import { approxDistinct, count, hours, latest, ratioOf, sum, topK, tumbling, view } from 'tidewater'
import type { RowOf } from 'tidewater'
import { Edit } from './events.ts'

const work = (edit: RowOf<typeof Edit>) => ({
  edits: count(),
  added: sum(edit.added),
  deleted: sum(edit.deleted),
})

export const TrendingPage = view('TrendingPage', {
  doc: 'What people work on now: an edit counts half as much with every hour. Robots are left out.',
  from: Edit,
  where: (e) => e.isRobot.orElse(false).not(),
  by: 'page',
  expires: hours(24),
  measure: (e) => ({
    heat: count().decaying({ halfLife: hours(1) }),
    ...work(e),
    editors: approxDistinct(e.user),
    lastEdit: latest(e.at),
  }),
  top: { n: 10, by: 'heat' },
})

export const TopByHour = view('TopByHour', {
  doc: 'The most edited pages and the busiest people of each hour.',
  from: Edit,
  window: tumbling('hour'),
  measure: (e) => ({
    ...work(e),
    robotShare: ratioOf(count({ where: e.isRobot }), count()),
    editors: approxDistinct(e.user),
    topPages: topK(e.page, { n: 5, where: e.isRobot.orElse(false).not() }),
    topUsers: topK(e.user, { n: 5 }),
  }),
})

export const EditsByChannel = view('EditsByChannel', {
  doc: 'How much each channel grows, hour by hour.',
  from: Edit,
  by: (e) => ({ channel: e.channel.orElse('unknown') }),
  window: tumbling('hour'),
  measure: (e) => ({ ...work(e), editors: approxDistinct(e.user) }),
  top: { n: 10, by: 'edits' },
})

export const EditorTotals = view('EditorTotals', {
  doc: 'What each person, or robot, has done.',
  from: Edit,
  by: 'user',
  measure: (e) => ({ ...work(e), pages: approxDistinct(e.page), lastEdit: latest(e.at) }),
  top: { n: 10, by: 'edits' },
})
