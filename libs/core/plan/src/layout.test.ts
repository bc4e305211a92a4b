import { count, distinct, hours, latest, mean, minutes, session, sum, view } from 'tidewater'
import { Item, Sale, eventOf, viewOf } from 'tidewater/fixture'
import { describe, expect, it } from 'vitest'
import { layoutOf } from './layout.ts'

const layout = (made: unknown): ReturnType<typeof layoutOf> => layoutOf(viewOf(made), eventOf(Sale))

const grainsOf = (made: unknown): readonly unknown[] =>
  layout(made).grains.map(({ kind, ms, reachMs }) => [kind, ms, reachMs])

describe('layoutOf', () => {
  it('gives a tile grain per hop that reaches as far as the longest window on it', () => {
    const made = view('V', {
      from: Sale,
      by: 'shop',
      measure: () => ({
        a: count(),
        b: count().last(minutes(5)),
        c: count().previous(minutes(7.5)),
        d: count().last(hours(1)),
        e: session({ gap: minutes(30) }).seconds(),
        f: session({ gap: minutes(30) }).events(),
        g: session({ gap: minutes(5) }).events(),
      }),
    })
    expect(grainsOf(made)).toEqual([
      ['total', 0, 0],
      ['tile', 5_000, 900_000],
      ['tile', 60_000, 3_600_000],
      ['rows', 0, 0],
      ['rows', 0, 0],
    ])
    expect(layout(made).cells).toHaveLength(5)
  })
  it('keeps one cell for an aggregate however many measures and windows of one hop read it', () => {
    const made = view('V', {
      from: Sale,
      by: 'shop',
      measure: (e) => ({
        a: sum(e.amount).last(minutes(5)),
        b: sum(e.amount)
          .previous(minutes(5))
          .plus(sum(e.amount).last(minutes(5))),
        c: mean(e.amount),
        d: mean(e.amount).plus(1),
      }),
    })
    expect(layout(made).cells.map(({ grain, call }) => [grain, call.fn])).toEqual([
      [1, 'sum'],
      [0, 'mean'],
    ])
    expect(
      layout(made).cells.map(({ columns }) => columns.map(({ name, type }) => [name, type.kind])),
    ).toEqual([
      [['c0', 'decimal']],
      [
        ['c1', 'decimal'],
        ['c1_n', 'int'],
      ],
    ])
  })
  it('is the same whatever the order in which measures are written', () => {
    const a = view('V', {
      from: Sale,
      by: 'shop',
      measure: (e) => ({ n: count(), l: latest(e.amount), d: distinct(e.itemId) }),
    })
    const b = view('V', {
      from: Sale,
      by: 'shop',
      measure: (e) => ({ d: distinct(e.itemId), l: latest(e.amount), n: count() }),
    })
    expect(layout(a)).toEqual(layout(b))
  })
  it('keeps state by the event’s own columns and binds lookups when read', () => {
    const { stateKeys, keys } = layout(
      view('V', {
        from: Sale,
        by: (e) => ({ group: Item.of(e.itemId).category.orElse('?'), item: e.itemId.orSkip(), shop: e.shop }),
        measure: () => ({ n: count() }),
      }),
    )
    expect(stateKeys.map(({ column, expr, optional }) => [column, expr.op, optional])).toEqual([
      ['k0', 'orSkip', false],
      ['k1', 'field', false],
    ])
    expect(keys.map(({ name, direct }) => [name, direct])).toEqual([
      ['group', null],
      ['item', 'k0'],
      ['shop', 'k1'],
    ])
  })
  it('lets a looked-up key be missing, for its row may have none', () => {
    const { stateKeys } = layout(
      view('V', {
        from: Sale,
        by: (e) => ({ group: Item.of(e.itemId).category.orElse('?') }),
        measure: () => ({ n: count() }),
      }),
    )
    expect(stateKeys.map(({ column, optional }) => [column, optional])).toEqual([['k0', true]])
  })
  it('keeps when a group was last heard of, for expires', () => {
    const made = view('V', { from: Sale, by: 'shop', expires: hours(1), measure: () => ({ n: count() }) })
    expect(layout(made).cells.map(({ grain, call }) => [grain, call.fn])).toEqual([
      [0, 'count'],
      [0, 'max'],
    ])
  })
})
