import type { HttpRoute } from '@tidewater/ports'

export type Matched =
  | { readonly kind: 'route'; readonly route: HttpRoute; readonly params: Readonly<Record<string, string>> }
  /** The path exists, for these methods. */
  | { readonly kind: 'wrong-method'; readonly allowed: readonly string[] }
  | { readonly kind: 'nothing' }

/** Compiles route patterns ('/events/:event') once; the answer finds the route of a request. */
export const routeTable = (routes: readonly HttpRoute[]): ((method: string, path: string) => Matched) => {
  const compiled = routes.map((route) => ({ route, parts: route.path.split('/') }))
  return (method, path) => {
    const given = path.split('/')
    const allowed: string[] = []
    for (const { route, parts } of compiled) {
      const params = paramsOf(parts, given)
      if (params === null) continue
      if (route.method === method || (route.method === 'GET' && method === 'HEAD'))
        return { kind: 'route', route, params }
      allowed.push(route.method)
    }
    return allowed.length > 0 ? { kind: 'wrong-method', allowed } : { kind: 'nothing' }
  }
}

const paramsOf = (parts: readonly string[], given: readonly string[]): Record<string, string> | null => {
  if (parts.length !== given.length) return null
  const params: Record<string, string> = {}
  for (const [index, part] of parts.entries()) {
    const text = given[index] ?? ''
    if (part.startsWith(':')) {
      const decoded = decode(text)
      if (decoded === null || decoded === '') return null
      params[part.slice(1)] = decoded
    } else if (part !== text) return null
  }
  return params
}

const decode = (text: string): string | null => {
  try {
    return decodeURIComponent(text)
  } catch (error) {
    if (error instanceof URIError) return null
    throw error
  }
}
