import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const requirements = fileURLToPath(new URL('./requirements.txt', import.meta.url))

/** The folder of programs of a Python environment with Cloud Custodian, made in .cache once for each version of the requirements. */
export const prepareCustodian = (say: (line: string) => void): string => {
  const hash = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 12)
  const environment = join(root, '.cache', `c7n-${hash}`)
  const stamp = join(environment, 'complete')
  const programs = join(environment, 'bin')
  if (existsSync(stamp)) return programs
  say('making a Python environment with Cloud Custodian ...')
  rmSync(environment, { recursive: true, force: true })
  run('python3', ['-m', 'venv', environment])
  run(join(programs, 'python'), ['-m', 'pip', 'install', '-q', '--disable-pip-version-check', '-r', requirements])
  writeFileSync(stamp, '')
  return programs
}

export const run = (program: string, args: string[], env: NodeJS.ProcessEnv = process.env): void => {
  const { status, stderr, error } = spawnSync(program, args, { env, encoding: 'utf8', timeout: 600_000 })
  if (status !== 0)
    throw new Error(`${program} ${args.join(' ')} failed: ${error?.message ?? stderr.trim().slice(-1_000)}`)
}
