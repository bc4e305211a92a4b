import { Agent, request } from 'node:http'

/** Sends one POST body over and over on kept connections; answers requests/s over `seconds`. Throws on any answer but 200 without errors. */
export const requestsPerSecond = async (
  url: string,
  body: string,
  connections: number,
  seconds: number,
): Promise<number> => {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const until = performance.now() + seconds * 1000
  let done = 0
  const one = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const sent = request(
        url,
        { method: 'POST', agent, headers: { 'content-type': 'application/json' } },
        (response) => {
          let text = ''
          response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
          response.on('end', () => {
            if (response.statusCode === 200 && !text.includes('"errors"')) resolve()
            else reject(new Error(`${response.statusCode}: ${text}`))
          })
        },
      )
      sent.on('error', reject).end(body)
    })
  const client = async (): Promise<void> => {
    while (performance.now() < until) {
      await one()
      done++
    }
  }
  const began = performance.now()
  await Promise.all(Array.from({ length: connections }, client))
  agent.destroy()
  return done / ((performance.now() - began) / 1000)
}
