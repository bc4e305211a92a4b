import { expect, test } from 'vitest'
import { readablePart } from './readable-js.ts'

test('generated code has a statement on each line, indented, and its constants are told', () => {
  const add = function addExact(): void {}
  const part = {
    name: 'add',
    source: `(s, row) => {\nconst t0 = row["a;{b"];\nif (t0 !== null) { s.c0 = $addExact(s.c0, t0); s.c1++; }\nfor (let i = 0; i < 3; i++) s.c2 += $1;\n}`,
    constants: new Map<string, unknown>([
      ['$addExact', add],
      ['$1', ['x', 'y']],
      ['$2', 7],
    ]),
  }
  expect(readablePart(part)).toBe(`// add
// $1: ["x","y"]
(s, row) => {
  const t0 = row["a;{b"];
  if (t0 !== null) {
    s.c0 = $addExact(s.c0, t0);
    s.c1++;
  }
  for (let i = 0; i < 3; i++) s.c2 += $1;
}`)
})
