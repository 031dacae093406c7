import { createInterface } from 'node:readline/promises'

/** Everything that a command touches outside itself; tests hand in their own. */
export type Io = {
  env: Record<string, string | undefined>
  out: (line: string) => void
  err: (line: string) => void
  /** Whether someone is there to be asked. */
  isInteractive: boolean
  ask: (question: string) => Promise<string>
  signal: AbortSignal
}

/** The process's own. */
export const processIo = (signal: AbortSignal): Io => ({
  env: process.env,
  out: (line) => void process.stdout.write(`${line}\n`),
  err: (line) => void process.stderr.write(`${line}\n`),
  isInteractive: process.stdin.isTTY && process.stderr.isTTY,
  ask: async (question) => {
    // On stderr, so that what is piped on from stdout holds answers only.
    const prompt = createInterface({ input: process.stdin, output: process.stderr })
    try {
      return await prompt.question(question, { signal })
    } finally {
      prompt.close()
    }
  },
  signal,
})
