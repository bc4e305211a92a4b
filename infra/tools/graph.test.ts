import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { allowed } from '../lint/layers.mjs'
import { root } from './files.ts'

interface Graph {
  readonly nodes: Readonly<Record<string, { readonly data: { readonly tags?: readonly string[] } }>>
  readonly dependencies: Readonly<Record<string, readonly { readonly target: string }[]>>
}

let graph: Graph

beforeAll(() => {
  const directory = mkdtempSync(join(tmpdir(), 'tidewater-graph-'))
  const file = join(directory, 'graph.json')
  execFileSync('nx', ['graph', `--file=${file}`], {
    cwd: root,
    env: {
      ...process.env,
      NX_DAEMON: 'false',
      PATH: `${join(root, 'node_modules', '.bin')}:${process.env.PATH}`,
    },
  })
  graph = (JSON.parse(readFileSync(file, 'utf8')) as { graph: Graph }).graph
  rmSync(directory, { recursive: true })
}, 60_000)

const layerOf = (project: string): string =>
  graph.nodes[project]?.data.tags?.find((tag) => tag.startsWith('layer:')) ?? 'none'

const edges = (): readonly (readonly [string, string])[] =>
  Object.entries(graph.dependencies).flatMap(([from, targets]) =>
    targets.filter(({ target }) => target in graph.nodes).map(({ target }) => [from, target] as const),
  )

describe('the graph of packages', () => {
  it('has a layer for every package and sees imports', () => {
    const unknown = Object.keys(graph.nodes).filter((project) => !(layerOf(project) in allowed))
    expect(unknown).toEqual([])
    expect(edges()).toContainEqual(['@tidewater/runtime', '@tidewater/ports'])
  })

  it('points one way only', () => {
    const layers: Readonly<Record<string, readonly string[]>> = allowed
    // The stack starts servers for tests of every layer outside the core; lint checks that only tests import it.
    const wrong = edges().filter(([from, to]) => {
      const testOnly = layerOf(to) === 'layer:stack' && !layerOf(from).startsWith('layer:core')
      return !testOnly && !layers[layerOf(from)]?.includes(layerOf(to))
    })
    expect(wrong.map(([from, to]) => `${from} (${layerOf(from)}) -> ${to} (${layerOf(to)})`)).toEqual([])
  })

  it('has no app that another package imports', () => {
    const imported = edges().filter(([, to]) => layerOf(to) === 'layer:app')
    expect(imported.map(([from, to]) => `${from} -> ${to}`)).toEqual([])
  })

  it('has no cycle', () => {
    const path: string[] = []
    const done = new Set<string>()
    const cycles: string[] = []
    const visit = (project: string): void => {
      if (path.includes(project)) cycles.push([...path.slice(path.indexOf(project)), project].join(' -> '))
      if (path.includes(project) || done.has(project)) return
      path.push(project)
      for (const { target } of graph.dependencies[project] ?? []) visit(target)
      path.pop()
      done.add(project)
    }
    Object.keys(graph.nodes).forEach(visit)
    expect(cycles).toEqual([])
  })
})
