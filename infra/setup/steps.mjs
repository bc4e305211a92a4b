import { spawn } from 'node:child_process'

/** Shows a step with its time while it works (a line that counts on a terminal, one line before and after elsewhere). */
export async function step(name, work) {
  const started = Date.now()
  const seconds = () => `${((Date.now() - started) / 1000).toFixed(1)} s`
  const tty = process.stderr.isTTY === true
  if (!tty) process.stderr.write(`  … ${name}\n`)
  const timer = setInterval(() => tty && process.stderr.write(`\r  … ${name} ${seconds()}  `), 250)
  try {
    const result = await work()
    process.stderr.write(`${tty ? '\r' : ''}  ✓ ${name} ${seconds()}        \n`)
    return result
  } catch (error) {
    process.stderr.write(`${tty ? '\r' : ''}  ✗ ${name} ${seconds()}        \n`)
    throw error
  } finally {
    clearInterval(timer)
  }
}

/** Runs a command quietly; rejects with the end of its output. */
export function quietly(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    const keep = (data) => (output = (output + data).slice(-20_000))
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    child.on('error', reject)
    child.on('close', (code) => {
      if (code === 0) resolve(output)
      else
        reject(
          new Error(
            `${command} ${args.join(' ')} ended with ${code}:\n${output.trimEnd().split('\n').slice(-25).join('\n')}`,
          ),
        )
    })
  })
}

/** Ends the program with a sentence; 69: something it needs is not there (sysexits.h). */
export function giveUp(sentence, code = 69) {
  process.stderr.write(`${sentence}\n`)
  process.exit(code)
}
