export { createRandom, type Random } from '@tidewater/testing'
