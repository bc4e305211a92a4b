import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { CHANGES, ROOMS } from './changes.ts'

const root = join(import.meta.dirname, '..', '..')

it('every slip still has its one place in the sources, and a name of its own', () => {
  const astray = CHANGES.filter(
    ({ file, find }) => readFileSync(join(root, file), 'utf8').split(find).length !== 2,
  )
  expect(astray.map(({ name }) => name)).toEqual([])
  expect(new Set(CHANGES.map(({ name }) => name)).size).toBe(CHANGES.length)
  expect(CHANGES.length).toBeGreaterThanOrEqual(40)
  expect(CHANGES.filter(({ find, replace }) => find === replace)).toEqual([])
})

it('every slip stands in the list of the room that it changes', () => {
  const elsewhere = Object.entries(ROOMS).flatMap(([room, changes]) =>
    changes.filter(({ file }) => !file.startsWith(`${room}/`)),
  )
  expect(elsewhere.map(({ name }) => name)).toEqual([])
})

it('the test that a slip names is there', () => {
  const lost = CHANGES.filter(({ test }) => test !== undefined && !existsSync(join(root, test)))
  expect(lost.map(({ name, test }) => `${name}: ${test}`)).toEqual([])
})
