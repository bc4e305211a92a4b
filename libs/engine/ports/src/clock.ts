/** The only source of "now"; ms since epoch, UTC. */
export interface Clock {
  now(): number
}
