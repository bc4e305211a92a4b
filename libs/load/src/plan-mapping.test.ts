import { loadCatalog } from '@tidewater/runtime'
import { describe, expect, it } from 'vitest'
import { type EncodeOptions, isBroken, rowEncoder } from './encode-row.ts'
import { planMapping } from './plan-mapping.ts'

const plain: EncodeOptions = {
  zone: 'UTC',
  timeFormat: null,
  decimal: '.',
  thousands: '',
  nulls: [],
  idColumns: [],
}
const HEADER = 'InvoiceNo,Stock_Code,DESCRIPTION,Quantity,Invoice Date,Unit-Price,CustomerID,Country'
const found = (await loadCatalog({ dirs: [] })).events.get('RetailSale')
if (found === undefined) throw new Error('no RetailSale')
const sale = found

describe('the mapping', () => {
  const columns = HEADER.split(',')
  it('takes --map and --ignore', () => {
    const renamed = ['Invoice', 'Extra', ...columns.slice(1)]
    expect(planMapping(sale, renamed, { map: ['invoiceNo=Invoice'], ignore: ['extra'] }).columns).toEqual([
      0, 2, 3, 4, 5, 6, 7, 8,
    ])
  })
  it('leaves out what a format has anyway, unless a field takes it', () => {
    const [description = '', ...others] = ['Description', ...columns.filter((name) => name !== 'DESCRIPTION')]
    const log = [...others, 'protocol', description]
    const mapping = planMapping(sale, log, { map: [], ignore: [], spare: ['protocol', description] })
    expect(mapping.columns[2]).toBe(log.indexOf(description))
    expect(() => planMapping(sale, log, { map: [], ignore: [] })).toThrow("no field for 'protocol'")
  })
  it('refuses before the first row, with the table and the cure', () => {
    const act = () =>
      planMapping(sale, ['Invoice Nr', ...columns.slice(1), 'Colour'], { map: [], ignore: [] })
    expect(act).toThrow("RetailSale: no column for invoiceNo and no field for 'Invoice Nr', 'Colour'")
    expect(act).toThrow(/invoiceNo +id +✗ no column\n +stockCode +id +Stock_Code/)
    expect(act).toThrow(
      expect.objectContaining({ cure: expect.stringContaining('--map "invoiceNo=Invoice Nr"') }),
    )
  })
  it('names a field or column that is not there', () => {
    expect(() => planMapping(sale, columns, { map: ['invoceNo=InvoiceNo'], ignore: [] })).toThrow(
      "no field 'invoceNo' (did you mean 'invoiceNo'?)",
    )
    expect(() => planMapping(sale, columns, { map: [], ignore: ['Countri'] })).toThrow(
      "no column 'Countri' (did you mean 'Country'?)",
    )
  })
})

describe('times', () => {
  const at = (text: string, options: Partial<EncodeOptions> = {}): number | string => {
    const file = HEADER.split(',')
    const encode = rowEncoder(sale, file, planMapping(sale, file, { map: [], ignore: [] }), {
      ...plain,
      ...options,
    })
    const cells = ['1', 'a', '', '1', text, '1', '', 'UK']
    const encoded = encode({ line: 1, cells, broken: null, text: () => '' })
    return isBroken(encoded) ? encoded.reason : encoded.time
  }
  const ten = Date.UTC(2011, 6, 1, 10)
  it.each([
    ['2011-07-01T10:00:00Z', {}],
    ['2011-07-01T12:00:00+02:00', {}],
    ['2011-07-01 10:00', {}],
    [String(ten / 1_000), {}],
    [String(ten), {}],
    [String(ten * 1_000), {}],
    ['2011-07-01 12:00:00', { zone: 'Europe/Berlin' }],
    ['Jul 01, 2011 10:00 AM', { timeFormat: '%b %d, %Y %I:%M %p' }],
    [String(ten / 1_000), { timeFormat: 's' }],
  ])('%s %j', (text, options) => expect(at(text, options)).toBe(ten))
  it('is not guessed from what may be something else', () => {
    expect(at('20110701')).toContain('is not an instant I know')
    expect(at('01/07/2011')).toContain('--time-format says how')
    expect(() => at('1', { zone: 'Mars' })).toThrow('--zone Mars is not a time zone')
    expect(() => at('1', { timeFormat: '%q' })).toThrow('I do not know %q')
  })
})
