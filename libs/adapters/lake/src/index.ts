export { openLake } from './open-lake.ts'
export { localFiles, type LakeHost } from './local-host.ts'
