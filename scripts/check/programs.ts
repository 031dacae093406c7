import { spawn } from 'node:child_process'
import { join } from 'node:path'

export type ProgramResult = { name: string; isGood: boolean; output: string; seconds: number }

/** Runs one of the installed tools with our Node and keeps what it says. */
export const runTool = (root: string, name: string, program: string, args: string[]): Promise<ProgramResult> =>
  new Promise((resolve) => {
    const startedAt = performance.now()
    const child = spawn(process.execPath, [join(root, 'node_modules', program), ...args], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => (output += text))
    const finish = (isGood: boolean): void =>
      resolve({ name, isGood, output: output.trim(), seconds: (performance.now() - startedAt) / 1000 })
    child.once('error', (error) => {
      output += error.message
      finish(false)
    })
    child.once('close', (code) => finish(code === 0))
  })
