/** Every external name, derived once. `ShopEvent` → topic `event.shop_event`, table `raw_shop_event`, field `shopEvent`. */

/** 'RevenueByCountry' → 'revenue_by_country', 'invoiceNo' → 'invoice_no', 'last1m' → 'last1m'. */
export const snakeCase = (name: string): string =>
  name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1_$2')
    .toLowerCase()

/** 'UserActivity' → 'userActivity'. */
export const camelCase = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1)

export const topicOf = (event: string): string => `event.${snakeCase(event)}`
export const deadTopicOf = (event: string): string => `${topicOf(event)}.dead`
export const rawTableOf = (event: string): string => `raw_${snakeCase(event)}`
/** Name of a view or table in SQL. */
export const sqlNameOf = (definition: string): string => snakeCase(definition)
/** The state of a view in SQL: one row per group, grain and tile (schema `tidewater_internal`). */
export const slotsTableOf = (view: string): string => `${snakeCase(view)}_slots`
export const SQL_DATABASE = 'tidewater'
export const SQL_INTERNAL = 'tidewater_internal'
/** GraphQL: the single-value (or windowed list) field, and the list field of a view without window. */
export const fieldOf = (view: string): string => camelCase(view)
export const listFieldOf = (view: string): string => `${camelCase(view)}List`
