import { existsSync } from 'node:fs'
import type { Processes } from './processes.ts'

/** Installs a package where that is ours to do: as root on Debian or a relative of it. Returns whether it worked. */
export const installDebianPackage = async (name: string, processes: Processes): Promise<boolean> => {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return false
  console.log(`installing the Debian package ${name} ...`)
  // In runlevel 1 Debian starts no service that comes with a package.
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' }
  await processes.run('apt-get', ['update', '-qq'], { env, limitSeconds: 300 })
  const { code, output } = await processes.run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', name], {
    env,
    limitSeconds: 900,
  })
  if (code !== '0') console.log(output.trim().slice(-1_000))
  return code === '0'
}
