import { definitionOf, quantile, view } from 'tidewater'
import type { ViewDefinition } from 'tidewater'
import { ShopEvent } from '../../pipelines/commerce/events.ts'

/** What each user spends, as quantiles: the view of `speed.quantile`. */
export const UserSpending = definitionOf(
  view('UserSpending', {
    from: ShopEvent,
    by: 'userId',
    measure: (e) => ({ median: quantile(e.amount, 0.5), most: quantile(e.amount, 0.95) }),
  }),
) as ViewDefinition
