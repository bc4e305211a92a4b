/** What serving needs of its process when it only reads back what was published: it takes no events. */
export const readingOnly = {
  breathe: (): Promise<void> => new Promise((resolve) => setImmediate(resolve)),
  track: (): Promise<never> => Promise.reject(new Error('a batch worker takes no events')),
}
