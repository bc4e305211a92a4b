import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { evaluate } from './evaluate.ts'
import { readExamples } from './read-examples.ts'

const fileOf = (name: string, lines: readonly string[]): string => {
  const file = join(mkdtempSync(join(tmpdir(), 'tidewater-evaluate-')), name)
  writeFileSync(file, `${lines.join('\n')}\n`)
  return file
}

/** A colour decides, and a number that rises and falls says nothing. */
const rule = (n: number): string =>
  `${['red', 'green', 'blue'][n % 3]},${(n * 7) % 11},${n % 3 === 1 ? 'yes' : 'no'}`

describe('evaluating a file', () => {
  it('a rule of one column is learned nearly without fault, predicting first', async () => {
    const file = fileOf('rule.csv', [
      'colour,noise,bought',
      ...Array.from({ length: 600 }, (_, n) => rule(n)),
    ])
    const { metric, value, reference } = evaluate(await readExamples(file, 'bought'))
    expect(metric).toBe('auc')
    expect(value).toBeGreaterThan(0.97)
    expect(reference).toBeGreaterThan(0.5)
  })

  it('clicks are taken in the order of their time, with the windowed counts of their address', async () => {
    // Whoever clicks five times within a minute installs nothing; who clicks once, does.
    const clicks = Array.from({ length: 400 }, (_, n) => {
      const [minute, burst] = [Math.floor(n / 8), n % 8 < 6]
      const time = `2017-11-06 ${String(Math.floor(minute / 60) + 10).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}:0${n % 8}`
      return `${burst ? `bot${minute}` : `human${n}`},1,1,1,1,${time},,${burst && n % 8 > 0 ? 0 : 1}`
    }).reverse()
    const file = fileOf('ad_clicks.csv', [
      'ip,app,device,os,channel,click_time,attributed_time,is_attributed',
      ...clicks,
    ])
    const examples = await readExamples(file, null)
    const times = examples.texts.map((row) => row['click_time'])
    expect(times).toEqual([...times].sort())
    const { value, reference } = evaluate(examples)
    expect(value).toBeGreaterThan(0.95)
    expect(value).toBeGreaterThan(reference + 0.2)
  })

  it.each([
    ['an unknown label', ['a,b', '1,2'], 'c', 'has no column c. Columns: a, b'],
    ['no label', ['a,b', '1,2'], null, 'Add --label COLUMN. Columns: a, b'],
    ['one class only', ['a,b', '1,1', '2,1'], 'b', 'b has one class only'],
    ['a label that is no class', ['a,b', '1,1', '2,maybe'], 'b', ":3 b is 'maybe': neither yes nor no"],
    ['a broken row', ['a,b', '1,1,1'], 'b', 'has 3 cells, the header has 2'],
    ['no example', ['a,b'], 'b', 'holds no example'],
  ])('%s is said in a sentence', async (_, lines, label, sentence) => {
    await expect(readExamples(fileOf('bad.csv', lines), label)).rejects.toThrow(sentence)
  })
})
