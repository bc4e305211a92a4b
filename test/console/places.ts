/** An address of the console and what tells that it has come: a selector that only the finished page has. */
export interface Place {
  readonly name: string
  readonly address: string
  readonly ready: string
}

/** Every page, and the tabs that are pages of their own. */
export const PLACES: readonly Place[] = [
  { name: 'live', address: '/', ready: '.ranking li' },
  { name: 'views', address: '/views', ready: '.view-row' },
  { name: 'view-windows', address: '/views/SalesByProduct?by=category', ready: 'td' },
  { name: 'view-groups', address: '/views/UserActivity', ready: 'td' },
  { name: 'view-layers', address: '/views/SalesByCategory?tab=layers', ready: '.ruler' },
  { name: 'view-explain', address: '/views/UserActivity?tab=explain', ready: '.code pre' },
  { name: 'view-copy', address: '/views/UserActivity?tab=copy', ready: '.code pre' },
  { name: 'pipeline', address: '/pipeline?dead=ShopEvent', ready: '.station' },
  { name: 'generations', address: '/generations', ready: 'td' },
  {
    name: 'query',
    address: '/query',
    ready: '.query:has(.cm-content) button:has-text("Conversion by hour")',
  },
  { name: 'entity', address: '/entity/productId/p001', ready: '.measures, .figures' },
  { name: 'entity-list', address: '/entity', ready: '.ranking li' },
  { name: 'nowhere', address: '/views/Nothing', ready: '.blank' },
]
