import { QueryClient } from '@tanstack/react-query'

/** A failed question is asked again by its interval, not at once: a platform that is down is not to be hammered. */
export const client = new QueryClient({
  defaultOptions: {
    queries: {
      retry: false,
      refetchOnWindowFocus: true,
      refetchIntervalInBackground: false,
      networkMode: 'always',
    },
    mutations: { retry: false, networkMode: 'always' },
  },
})
