import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { freePort } from '../../test/support/free-port.ts'
import { installDebianPackage } from './debian.ts'
import { CannotPrepare } from './left-out.ts'
import type { Processes } from './processes.ts'

/**
 * Starts moto, an emulator of AWS that we did not write, and returns its URL. Its Python environment is made in .cache once
 * for each version of the requirements.
 */
export const prepareMoto = async (root: string, processes: Processes): Promise<string> => {
  const environment = await makeEnvironment(root, processes)
  const port = await freePort()
  const server = processes.start(
    join(environment, 'bin/python'),
    ['-m', 'moto.server', '-H', '127.0.0.1', '-p', String(port)],
    {},
  )
  let output = ''
  server.stderr?.on('data', (text: Buffer) => (output = (output + text.toString()).slice(-2_000)))
  server.stdout?.resume()
  const url = `http://127.0.0.1:${port}`
  const end = Date.now() + 300_000
  while (!(await answers(`${url}/moto-api/`))) {
    if (server.exitCode !== null || Date.now() > end) throw new CannotPrepare(`moto does not start: ${output}`)
    await new Promise((resolve) => setTimeout(resolve, 100)) // waits for another program; nothing tells us when
  }
  return url
}

const makeEnvironment = async (root: string, processes: Processes): Promise<string> => {
  const requirements = join(root, 'test/aws/requirements.txt')
  const hash = createHash('sha256')
    .update(await readFile(requirements))
    .digest('hex')
    .slice(0, 12)
  const environment = join(root, '.cache', `moto-${hash}`)
  const stamp = join(environment, 'complete')
  if (existsSync(stamp)) return environment

  console.log('aws: making a Python environment with moto ...')
  await rm(environment, { recursive: true, force: true })
  const make = () => processes.run('python3', ['-m', 'venv', environment], { limitSeconds: 600 })
  let made = await make()
  // Debian keeps what venv needs in a package of its own.
  if (made.code !== '0' && (await installDebianPackage('python3-venv', processes))) made = await make()
  if (made.code !== '0')
    throw new CannotPrepare(`a Python environment can't be made: ${made.output.trim().slice(-500)}`)
  const pip = [
    '-m',
    'pip',
    'install',
    '--quiet',
    '--disable-pip-version-check',
    '--no-input',
    '--retries',
    '2',
    '-r',
    requirements,
  ]
  const installed = await processes.run(join(environment, 'bin/python'), pip, { limitSeconds: 600 })
  if (installed.code !== '0')
    throw new CannotPrepare(`moto can't be installed from PyPI: ${installed.output.trim().slice(-500)}`)
  await writeFile(stamp, '')
  return environment
}

const answers = async (url: string): Promise<boolean> => {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(2_000) })).ok
  } catch {
    return false
  }
}
