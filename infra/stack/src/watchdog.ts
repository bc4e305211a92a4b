import { spawn, type ChildProcess } from 'node:child_process'

// Nothing of ours may outlive us, even when we are killed with SIGKILL and can do nothing ourselves. A shell that
// reads our pipe costs no CPU and sees the end of file in that very moment; then it stops what it was told of.
const script = `
pids=""
while read -r verb pid; do
  case $verb in
    add) pids="$pids $pid" ;;
    drop) kept=""; for p in $pids; do [ "$p" = "$pid" ] || kept="$kept $p"; done; pids=$kept ;;
  esac
done
[ -z "$pids" ] && exit 0
for p in $pids; do kill -TERM "$p" 2>/dev/null; done
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do
  alive=""
  for p in $pids; do kill -0 "$p" 2>/dev/null && alive=yes; done
  [ -z "$alive" ] && exit 0
  sleep 0.5
done
for p in $pids; do kill -KILL "-$p" 2>/dev/null; kill -KILL "$p" 2>/dev/null; done
`

let shell: ChildProcess | null = null

/** Has `pid` stopped when this process ends in whatever way, until the answered function is called. */
export function guard(pid: number): () => void {
  const pipe = start()
  pipe.write(`add ${pid}\n`)
  return () => {
    pipe.write(`drop ${pid}\n`)
  }
}

function start(): NonNullable<ChildProcess['stdin']> {
  if (shell === null || shell.exitCode !== null || shell.signalCode !== null) {
    shell = spawn('/bin/sh', ['-c', script], { stdio: ['pipe', 'ignore', 'ignore'], detached: true })
    shell.stdin?.on('error', () => undefined)
    shell.unref()
    const pipe = shell.stdin as unknown as { unref?: () => void }
    pipe.unref?.()
  }
  if (shell.stdin === null) throw new Error('The watchdog has no pipe: /bin/sh could not be started.')
  return shell.stdin
}
