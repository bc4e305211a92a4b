/** A request whose body has been read, within its limit. Header names are lower case. */
export interface HttpRequest {
  readonly method: string
  readonly path: string
  /** Parts of the path by the names in the route's pattern, decoded. */
  readonly params: Readonly<Record<string, string>>
  readonly query: URLSearchParams
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly body: Uint8Array
}

export interface HttpAnswer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  /** Text and bytes go out as they are; anything else as JSON. */
  readonly body: unknown
}

/** What one path answers. A thrown `PlatformError` becomes a JSON error with a fitting status; anything else a masked 500. */
export interface HttpRoute {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** '/events/:event' */
  readonly path: string
  handle(request: HttpRequest): Promise<HttpAnswer> | HttpAnswer
}
