import { readFileSync } from 'node:fs'

/**
 * Calls back once when npm, which started us, is gone. It may end without telling anybody (SIGTERM, SIGKILL), and
 * sometimes a shell stands between it and us that does not notice either.
 */
export function whenOrphaned(callback) {
  if (process.env.npm_lifecycle_event === undefined) return
  const parent = process.ppid
  const shell = isShell(parent)
  const grandparent = shell ? parentOf(parent) : null
  const timer = setInterval(() => {
    if (process.ppid === parent && (!shell || parentOf(parent) === grandparent)) return
    clearInterval(timer)
    callback()
  }, 500)
}

// Only Linux tells without starting a program; elsewhere the shell is not looked behind.
function isShell(pid) {
  return /^(sh|dash|bash|ash|zsh|busybox)\b/.test(read(`/proc/${pid}/comm`))
}

function parentOf(pid) {
  const stat = read(`/proc/${pid}/stat`)
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1] ?? null
}

function read(path) {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
