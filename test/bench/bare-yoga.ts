/** The baseline of `serving.view`: a bare graphql-yoga server that answers the same six fields with constants. */
import { createServer } from 'node:http'
import { createSchema, createYoga } from 'graphql-yoga'

const schema = createSchema({
  typeDefs: `
    enum ShopEventType { page_view click search add_to_cart purchase }
    type UserActivity {
      eventVelocity: Int! clickRate1m: Float! conversionScore: Float! sessionDuration: Float!
      eventCountRealtime: Int! lastEventType: ShopEventType
    }
    type Query { userActivity(userId: ID!): UserActivity }`,
  resolvers: {
    Query: {
      userActivity: () => ({
        eventVelocity: 3,
        clickRate1m: 0.5,
        conversionScore: 0.12,
        sessionDuration: 34.5,
        eventCountRealtime: 12,
        lastEventType: 'click',
      }),
    },
  },
})
const yoga = createYoga({ schema, logging: false })
const server = createServer((request, response) => void yoga(request, response))
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  console.log(JSON.stringify({ port: typeof address === 'object' ? address?.port : 0 }))
})
