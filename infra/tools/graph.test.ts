import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { allowed } from '../lint/layers.mjs'
import { filesBelow, root } from './files.ts'

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
    const targets = (project: string): readonly string[] =>
      (graph.dependencies[project] ?? []).map(({ target }) => target)
    expect(cyclesOf(Object.keys(graph.nodes), targets)).toEqual([])
  })
})

describe('the files of a package', () => {
  it('of the core and the engine name no adapter, tests included', () => {
    const naming = filesBelow(['libs/core', 'libs/engine'], '.ts').filter(({ text }) =>
      /from '@tidewater\/(adapter-|stack)/.test(text),
    )
    expect(naming.map(({ path }) => path)).toEqual([])
  })

  it('of the core and the engine name what they are tested with in tests only, fixtures included', () => {
    const naming = filesBelow(['libs/core', 'libs/engine'], '.ts').filter(
      ({ path, text }) => !/\.test(-d)?\.ts$/.test(path) && /from '@tidewater\/testing/.test(text),
    )
    expect(naming.map(({ path }) => path)).toEqual([])
  })

  it('import each other one way only, types too', () => {
    const files = ['.ts', '.tsx'].flatMap((ending) =>
      filesBelow(['apps', 'libs', 'pipelines', 'infra'], ending),
    )
    const imports = new Map(
      files.map(({ path, text }) => [
        path,
        [...text.matchAll(/^(?:import|export|\} from)\b[^'"\n]*'(\.{1,2}\/[^']+)'/gm)].map(([, to]) =>
          join(dirname(path), to ?? ''),
        ),
      ]),
    )
    expect(imports.get('infra/tools/graph.test.ts')).toEqual([
      'infra/lint/layers.mjs',
      'infra/tools/files.ts',
    ])
    expect(cyclesOf([...imports.keys()], (file) => imports.get(file) ?? [])).toEqual([])
  })
})

/** Each circle that is met first, as 'a -> b -> a'. */
function cyclesOf(nodes: readonly string[], next: (node: string) => readonly string[]): readonly string[] {
  const path: string[] = []
  const done = new Set<string>()
  const cycles: string[] = []
  const visit = (node: string): void => {
    if (path.includes(node)) cycles.push([...path.slice(path.indexOf(node)), node].join(' -> '))
    if (path.includes(node) || done.has(node)) return
    path.push(node)
    next(node).forEach(visit)
    path.pop()
    done.add(node)
  }
  nodes.forEach(visit)
  return cycles
}
