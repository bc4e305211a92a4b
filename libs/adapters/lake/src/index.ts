export { openLake } from './open-lake.ts'
export { localFiles } from './local-files.ts'
export type { LakeHost } from './local-host.ts'
