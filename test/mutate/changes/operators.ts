import type { Change } from '../change.ts'

const operators = 'libs/core/plan/src/operators'

export const OPERATORS: readonly Change[] = [
  {
    name: 'an-unmatched-row-is-sent-at-the-end-of-its-window',
    file: `${operators}/deadlines.ts`,
    find: 'first.isOpen && first.deadline >= time',
    replace: 'first.isOpen && first.deadline > time',
    test: `${operators}/join-rules.test.ts`,
  },
  {
    name: 'what-a-side-is-past-is-joined-all-the-same',
    file: `${operators}/join-operator.ts`,
    find: 'if (isLate) this.late++',
    replace: 'if (isLate && this.late < 0) this.late++',
    test: `${operators}/join-rules.test.ts`,
  },
  {
    name: 'rows-without-a-key-meet-each-other',
    file: `${operators}/join-operator.ts`,
    find: 'if (isKnown) this.#meet',
    replace: 'if (key !== null) this.#meet',
    test: `${operators}/join-rules.test.ts`,
  },
  {
    name: 'a-fast-origin-takes-its-side-along',
    file: `${operators}/progress.ts`,
    find: 'newest < least',
    replace: 'newest > least || least === Infinity',
    test: `${operators}/join-rules.test.ts`,
  },
  {
    name: 'origins-that-have-yet-to-send-are-not-waited-for',
    file: `${operators}/progress.ts`,
    find: 'begins && this.#origins.size < this.#expected',
    replace: 'begins && this.#expected < 0',
    test: `${operators}/join-rules.test.ts`,
  },
  {
    name: 'a-matched-left-row-is-stored-as-alone',
    file: `${operators}/join-rows.ts`,
    find: '(row.isMatched ? 1 : 0)',
    replace: '0',
    test: `${operators}/join-operator.test.ts`,
  },
  {
    name: 'rows-of-a-match-begin-another',
    file: `${operators}/pattern-operator.ts`,
    find: 'run.start.at <= until',
    replace: 'run.start.at < until',
    test: `${operators}/pattern-operator.test.ts`,
  },
  {
    name: 'what-must-not-come-is-passed-over',
    file: `${operators}/pattern-run.ts`,
    find: 'if (this.#isOf(row, this.#waitsFor)) this.isOpen = false',
    replace: 'if (this.#isOf(row, this.#waitsFor)) this.isOpen = true',
    test: `${operators}/pattern-operator.test.ts`,
  },
]
