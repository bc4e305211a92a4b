import { connect } from 'node:net'

/** Whether the broker on this port answers a Metadata request and lists a live broker. */
export function answersMetadata(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    let received = Buffer.alloc(0)
    const socket = connect(port, '127.0.0.1', () => socket.write(metadataRequest()))
    socket.setTimeout(2_000, () => socket.destroy())
    socket.on('data', (data) => {
      received = Buffer.concat([received, data])
      if (received.length < 12 || received.length < received.readInt32BE(0) + 4) return
      resolve(brokersIn(received) > 0)
      socket.destroy()
    })
    socket.on('error', () => resolve(false))
    socket.on('close', () => resolve(false))
  })
}

/** Metadata version 1 for no topic: size, key 3, version 1, correlation, null client, empty array. */
function metadataRequest(): Buffer {
  const request = Buffer.alloc(4 + 2 + 2 + 4 + 2 + 4)
  request.writeInt32BE(request.length - 4, 0)
  request.writeInt16BE(3, 4)
  request.writeInt16BE(1, 6)
  request.writeInt32BE(1, 8)
  request.writeInt16BE(-1, 12)
  return request
}

/** The answer begins with size, correlation, number of brokers. */
function brokersIn(answer: Buffer): number {
  return answer.readInt32BE(8)
}
