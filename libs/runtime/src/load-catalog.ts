import { readFileSync } from 'node:fs'
import { PlatformError, isPlatformError } from '@tidewater/base'
import { buildCatalog, definitionOf } from 'tidewater'
import type { Catalog, Sourced, TableContent } from 'tidewater'
import { BUILT_IN, pipelineRoot } from './load-catalog-files.ts'
import type { PipelineFile, PipelineRoot } from './load-catalog-files.ts'
import { allowDefinitionsBelow, exportsOf } from './load-catalog-hooks.ts'
import { readTable } from './load-catalog-table.ts'

/** Where definitions come from. */
export interface CatalogOptions {
  /** Directories of definitions (or single files), added to the built-in pipelines. */
  readonly dirs: readonly string[]
  /** True leaves out the built-in pipelines. */
  readonly only?: boolean
}

interface Loaded extends Sourced {
  readonly path: string
}

/**
 * Loads every definition that is exported below the directories, reads the files of tables, and checks the whole.
 *
 * Throws a `PlatformError` whose sentence names file and property. A file is loaded once per process: a change needs
 * a new one.
 */
export const loadCatalog = async ({ dirs, only = false }: CatalogOptions): Promise<Catalog> => {
  const roots = [...(only ? [] : [BUILT_IN]), ...dirs].map(pipelineRoot)
  for (const root of roots) allowDefinitionsBelow(root.directory)
  const loaded = roots.flatMap((root) => root.files.flatMap((file) => definitionsOf(file, roots)))
  const unique = withoutReexports(loaded)
  if (unique.length === 0) {
    throw new PlatformError(
      'BAD_CONFIG',
      `no definition is exported below ${roots.map((r) => r.directory).join(', ')}`,
      "export const ShopEvent = event('ShopEvent', …)",
    )
  }
  const contents = new Map<string, TableContent>()
  for (const { definition, source, path } of unique) {
    if (definition.kind === 'table')
      contents.set(
        definition.name,
        inFile(source, () => readTable(definition, path)),
      )
  }
  return buildCatalog(unique, contents)
}

const definitionsOf = (file: PipelineFile, roots: readonly PipelineRoot[]): readonly Loaded[] => {
  const found = inWrittenOrder(read(file, roots), readFileSync(file.path, 'utf8'))
  return found.flatMap(([name, value]) => {
    const definition = definitionOf(value)
    if (definition === null) return []
    if (name !== definition.name) {
      throw new PlatformError(
        'BAD_DEFINITION',
        `${file.label}: '${name}' is exported, but the definition is named '${definition.name}'`,
        'give both one name',
        file.label,
      )
    }
    return [{ definition, source: file.label, path: file.path }]
  })
}

/** A module lists its exports by name; people read them in the order they were written. */
const inWrittenOrder = (
  exported: Readonly<Record<string, unknown>>,
  text: string,
): readonly [string, unknown][] => {
  const place = (name: string): number =>
    (text.search(new RegExp(`\\bconst ${name}\\b`)) + text.length) % text.length
  return Object.entries(exported).sort(([a], [b]) => place(a) - place(b))
}

const read = (file: PipelineFile, roots: readonly PipelineRoot[]): Readonly<Record<string, unknown>> => {
  try {
    return exportsOf(file.path)
  } catch (error) {
    throw placed(labelOfError(error, roots) ?? file.label, error)
  }
}

const USED_TOO_EARLY = /^Cannot access '(.+)' before initialization$/

/** The error with the file it arose in: `views.ts: SalesByProduct.measure: …`. */
const placed = (label: string, error: unknown): PlatformError => {
  const early = error instanceof ReferenceError ? USED_TOO_EARLY.exec(error.message)?.[1] : undefined
  if (early !== undefined)
    return new PlatformError(
      'BAD_DEFINITION',
      `${label}: '${early}' is used before it is defined: it stands further down, or is made of what is made of it`,
      `define '${early}' first, of something that is not made of it`,
      label,
    )
  const message = error instanceof Error ? error.message : String(error)
  const known = isPlatformError(error) ? error : null
  return new PlatformError(
    'BAD_DEFINITION',
    `${label}: ${firstLine(message)}`,
    known?.cure ?? '',
    known?.path ?? label,
  )
}

const firstLine = (text: string): string => text.split('\n').find((line) => line.trim() !== '') ?? text

/** The author's own file in which an error arose: the innermost frame below a root. */
const labelOfError = (error: unknown, roots: readonly PipelineRoot[]): string | null => {
  const frames = error instanceof Error ? (error.stack ?? '').split('\n') : []
  for (const frame of frames) {
    for (const root of roots) {
      const file = root.files.find((f) => frame.includes(`${f.path}:`))
      if (file !== undefined) return file.label
    }
  }
  return null
}

/** A definition exported again from another file is still one definition; two with one name are an error. */
const withoutReexports = (loaded: readonly Loaded[]): readonly Loaded[] => {
  const seen = new Map<string, Loaded>()
  for (const item of loaded) {
    const { name } = item.definition
    const other = seen.get(name)
    if (other === undefined) seen.set(name, item)
    else if (other.definition !== item.definition) {
      const files = `one in ${other.path}, one in ${item.path}`
      throw new PlatformError(
        'BAD_DEFINITION',
        `two definitions are named ${name}: ${files}`,
        'rename one of them',
        name,
      )
    }
  }
  return [...seen.values()]
}

const inFile = <T>(source: string, part: () => T): T => {
  try {
    return part()
  } catch (error) {
    throw placed(source, error)
  }
}
