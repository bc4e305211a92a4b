import { createRequire, registerHooks } from 'node:module'
import { fileURLToPath } from 'node:url'

const roots: string[] = []
let registered = false

const isBelowRoot = (url: string): boolean => {
  if (!url.startsWith('file:')) return false
  const path = fileURLToPath(url)
  return roots.some((root) => path.startsWith(root))
}

/**
 * Lets files below `directory` import 'tidewater' and be ES modules in TypeScript, whatever the package.json beside
 * them says, and without any. `directory` is absolute and ends with a separator.
 */
export const allowDefinitionsBelow = (directory: string): void => {
  roots.push(directory)
  if (registered) return
  registered = true
  const language = import.meta.resolve('tidewater')
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier === 'tidewater' && isBelowRoot(context.parentURL ?? '')
        ? { url: language, format: 'module-typescript', shortCircuit: true }
        : next(specifier, context),
    load: (url, context, next) =>
      next(
        url,
        isBelowRoot(url) && url.endsWith('.ts') ? { ...context, format: 'module-typescript' } : context,
      ),
  })
}

/** Node's own loader even where a test runner replaces `import()`; it takes ES modules too. */
const load = createRequire(import.meta.url)

/** Everything a file of definitions exports, by name. */
export const exportsOf = (file: string): Readonly<Record<string, unknown>> => ({
  ...(load(file) as Record<string, unknown>),
})
