export { startTraffic, type TrafficSource } from './start-traffic.ts'
