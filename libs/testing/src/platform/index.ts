export * from './open-test-platform.ts'
export type { PassingTime } from './passing-time.ts'
export type { StoredView } from './stored-view.ts'
export type { LoggedEvent } from './truth.ts'
