export { archivedEvents } from './archived-events.ts'
