/** Fresh text that never repeats, also across processes and restarts (a random UUID). */
export type Nonce = () => string
