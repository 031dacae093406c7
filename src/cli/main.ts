import { processIo } from './io.ts'
import { runCli } from './program.ts'

// The first signal ends the command in order; a second one, a second later or more, ends the process. One Ctrl-C often
// arrives several times: from the terminal, passed on by npm, and from what started npm.
const stopping = new AbortController()
let stoppingSinceMs = 0
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    if (stopping.signal.aborted && performance.now() - stoppingSinceMs > 1_000) process.exit(1)
    if (!stopping.signal.aborted) stoppingSinceMs = performance.now()
    stopping.abort()
  })
}

// A reader that has seen enough (`orchestrator resources | head`) closes the pipe: that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit(0)
})

process.exitCode = await runCli(process.argv.slice(2), processIo(stopping.signal))
