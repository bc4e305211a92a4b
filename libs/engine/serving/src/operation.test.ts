import { expect, test } from 'vitest'
import { createOperation, OPERATION_BUDGET, type OperationPorts } from './operation.ts'

const unasked = new Proxy({}, { get: () => expect.fail('nothing is read') }) as OperationPorts

test('all questions of an operation pay from one budget, which may be spent to the last row', () => {
  const operation = createOperation(unasked, 0)
  operation.charge(OPERATION_BUDGET - 10)
  operation.charge(10)
  expect(() => operation.charge(1)).toThrow(`more than ${OPERATION_BUDGET} rows and windows`)
  expect(() => createOperation(unasked, 0).charge(OPERATION_BUDGET + 1)).toThrow('would touch more')
})
