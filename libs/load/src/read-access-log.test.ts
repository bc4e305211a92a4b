import { Readable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { readAccessLog } from './read-access-log.ts'

const AGENT = '"https://a.example/" "Mozilla/5.0 (X11; \\"quoted\\") x"'
const LINE = `203.0.113.9 - - [17/May/2015:10:05:03 +0200] "GET /a?b=1 HTTP/1.1" 200 5120 ${AGENT}`

const read = async (...lines: readonly string[]) => {
  const source = readAccessLog(Readable.from([lines.join('\n')]))
  // As whoever loads a file does other things first.
  await setImmediate()
  const rows = []
  for await (const { line, cells, broken } of source.rows) {
    const named = source.columns.map((name, i) => [name, cells[i] ?? null] as const)
    rows.push({ line, broken, ...Object.fromEntries(named.filter(([, cell]) => cell !== null)) })
  }
  return rows
}

it('a combined line is a request with its time in ISO and its texts as they stand', async () => {
  expect(await read(LINE)).toEqual([
    {
      ...{ line: 1, broken: null, ip: '203.0.113.9', at: '2015-05-17T10:05:03+02:00' },
      ...{ method: 'GET', path: '/a?b=1', protocol: 'HTTP/1.1', status: '200', bytes: '5120' },
      ...{ referrer: 'https://a.example/', agent: 'Mozilla/5.0 (X11; \\"quoted\\") x' },
    },
  ])
})

it('a common line ends with the size; - is missing, as a size nothing; a user may have a space; IPv6 is an address', async () => {
  const line = '2001:db8::1 - Jane Doe [01/Jan/2026:00:00:00 +0000] "POST /x" 304 -'
  expect(await read(line, '', `${LINE}\r`)).toMatchObject([
    { line: 1, broken: null, ip: '2001:db8::1', user: 'Jane Doe', method: 'POST', status: '304', bytes: '0' },
    { line: 3, broken: null, agent: 'Mozilla/5.0 (X11; \\"quoted\\") x' },
  ])
})

it('an agent that is cut off at the end of its line is taken as far as it goes', async () => {
  expect(await read(LINE.slice(0, -3), LINE.slice(0, LINE.indexOf('quoted') - 1))).toMatchObject([
    { broken: null, agent: 'Mozilla/5.0 (X11; \\"quoted\\")' },
    { broken: null, agent: 'Mozilla/5.0 (X11; ' },
  ])
})

it.each([
  ['hello', 'nothing stands where the ident is expected, such as -'],
  [
    LINE.replace('[17', '17').replace('0200]', '0200'),
    '"- 17/May/2015:10:05:03 +0200 \\"GET /a?b=1…" stands where the user is expected, such as -',
  ],
  [
    LINE.slice(0, 54),
    '"\\"GET /a?b" stands where the request is expected, such as "GET /index.html HTTP/1.1"',
  ],
  [
    LINE.replace(' 200 ', ' OK '),
    expect.stringContaining('stands where the status is expected, such as 200'),
  ],
  [LINE.replace(' 5120 ', ' 5,120 '), expect.stringContaining('stands where the size is expected')],
  [LINE.replace('GET /a?b=1 HTTP/1.1', '-'), 'the request "-" is not a method and a path'],
  [
    LINE.replace('GET /a?b=1 HTTP/1.1', '\\x16\\x03'),
    'the request "\\\\x16\\\\x03" is not a method and a path',
  ],
  [`${LINE.slice(0, -2)}" x`, '"x" follows the end of a combined log line'],
  [`${LINE} 0.3`, '"0.3" follows the end of a combined log line'],
])('%s: says which part it lacks', async (line, broken) => {
  expect(await read(line)).toEqual([{ line: 1, broken }])
})
