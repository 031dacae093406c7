import { installDebianPackage } from './debian.ts'
import { CannotPrepare } from './left-out.ts'
import type { Processes } from './processes.ts'

/** The program of a Redis server, from Debian where it isn't here. Tests start it themselves. */
export const prepareRedis = async (processes: Processes): Promise<string> => {
  const isHere = async (): Promise<boolean> =>
    (await processes.run('redis-server', ['--version'], { limitSeconds: 300 })).code === '0'
  if ((await isHere()) || ((await installDebianPackage('redis-server', processes)) && (await isHere())))
    return 'redis-server'
  throw new CannotPrepare(
    'there is no redis-server here; install it, or set ORCHESTRATOR_TEST_REDIS_SERVER to its path',
  )
}
