import { useQuery } from '@tanstack/react-query'
import {
  buildClientSchema,
  getIntrospectionQuery,
  type GraphQLSchema,
  type IntrospectionQuery,
} from 'graphql'
import { askText } from '../../data/ask.ts'

/** The platform's schema, for completion; null: not there yet, and one writes without it. */
export const useSchema = (): GraphQLSchema | null => {
  const { data } = useQuery({
    queryKey: ['schema'],
    queryFn: async ({ signal }) => {
      const { data: introspected } = await askText<IntrospectionQuery>(getIntrospectionQuery(), {}, signal)
      return introspected === null || introspected === undefined ? null : buildClientSchema(introspected)
    },
    staleTime: 60_000,
  })
  return data ?? null
}
