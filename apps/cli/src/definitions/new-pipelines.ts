const PACKAGE = `{
  "type": "module",
  "private": true
}
`

const tsconfig = (module: string): string => `{
  "compilerOptions": {
    "strict": true,
    "noEmit": true,
    "module": "${module}",
    "target": "es2024",
    "allowImportingTsExtensions": true,
    "erasableSyntaxOnly": true,
    "verbatimModuleSyntax": true,
    "skipLibCheck": true,
    "types": []
  },
  "include": ["**/*.ts"]
}
`

const SHOP = `import { count, decimal, event, hours, id, instant, int, latest, sum, tumbling, view } from 'tidewater'

export const Order = event('Order', {
  doc: 'A customer ordered some pieces of one item.',
  fields: {
    orderId: id(),
    customerId: id(),
    itemId: id(),
    pieces: int(),
    price: decimal(9, 2),
    orderedAt: instant(),
  },
  key: 'customerId',
  time: 'orderedAt',
  dedupe: 'orderId',
})

export const CustomerOrders = view('CustomerOrders', {
  doc: 'What each customer has ordered, and how much in the last hour.',
  from: Order,
  by: 'customerId',
  measure: (e) => ({
    orders: count(),
    ordersLastHour: count().last(hours(1)),
    spent: sum(e.pieces.times(e.price)),
    lastItem: latest(e.itemId),
  }),
})

export const ItemSales = view('ItemSales', {
  doc: 'What each item sells, day by day.',
  from: Order,
  by: 'itemId',
  window: tumbling('day'),
  measure: (e) => ({ orders: count(), pieces: sum(e.pieces), revenue: sum(e.pieces.times(e.price)) }),
  top: { n: 10, by: 'revenue' },
})
`

const EXAMPLE = `{"orderId":"o-1","customerId":"c-7","itemId":"mug","pieces":2,"price":"9.50","orderedAt":"2025-11-20T09:12:31Z"}
{"orderId":"o-2","customerId":"c-7","itemId":"teapot","pieces":1,"price":"34.00","orderedAt":"2025-11-20T09:14:02Z"}
{"orderId":"o-3","customerId":"c-9","itemId":"mug","pieces":6,"price":"9.50","orderedAt":"2025-11-21T17:40:55Z"}
`

const README = `# Pipelines

\`shop.ts\` defines an event and two views. Change it, then:

    npx --no tidewater check .                                        types, definitions, SQL
    npm start -- --pipelines HERE                                     run the platform with them
    npx --no tidewater load shop.example.jsonl --event Order          three orders
    npx --no tidewater query '{ customerOrders(customerId: "c-7") { orders spent } }'

Run these in the clone of Tidewater; HERE is the path of this folder. Every *.ts file below it is loaded.
`

/** The files of a new directory of pipelines, by name; beside a package.json of CommonJS the editor is told otherwise. */
export const newPipelines = (isCommonJs: boolean): Readonly<Record<string, string>> => ({
  'package.json': PACKAGE,
  'tsconfig.json': tsconfig(isCommonJs ? 'preserve' : 'nodenext'),
  'shop.ts': SHOP,
  'shop.example.jsonl': EXAMPLE,
  'README.md': README,
})
