/** One line that counts while a file loads; silent when nobody watches. */
export interface ProgressBar {
  show(fraction: number | null, text: string): void
  end(): void
}

const WIDTH = 28
const EVERY_MS = 100

export const progressBar = (out: NodeJS.WriteStream): ProgressBar => {
  if (!out.isTTY) return { show: () => undefined, end: () => undefined }
  let drawnAt = 0
  return {
    show: (fraction, text) => {
      const now = performance.now()
      if (now - drawnAt < EVERY_MS) return
      drawnAt = now
      const full = Math.round(WIDTH * (fraction ?? 0))
      const bar =
        fraction === null
          ? ''
          : `${'█'.repeat(full)}${'░'.repeat(WIDTH - full)} ${(fraction * 100).toFixed(0).padStart(3)} %  `
      out.write(`\r\x1b[2K${`${bar}${text}`.slice(0, out.columns - 1)}`)
    },
    end: () => out.write('\r\x1b[2K'),
  }
}
