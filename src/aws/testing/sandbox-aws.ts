import { systemClock } from '#platform/clock.ts'
import type { Database } from '#platform/db/database.ts'
import { createAws } from '../aws.ts'
import type { Account, Aws } from '../cloud.ts'
import type { Ec2, Ec2Instance } from '../ec2.ts'
import type { SandboxHost } from '../sandbox-host.ts'
import { place, quietLog, temporarySandbox } from './host.ts'

/** The whole box over the test's fresh database, with a sandbox of its own at the wall's speed unless told otherwise. */
export const openSandboxAws = async (
  db: Database,
  options: { speed?: number; size?: number } = {},
): Promise<{
  aws: Aws
  host: SandboxHost
  account: Account
  ec2: Ec2
  plain: Ec2Instance[]
  close: () => Promise<void>
}> => {
  const speed = options.speed ?? 1
  const sandbox = temporarySandbox({ clock: systemClock, speed, size: options.size ?? 900 })
  const host = sandbox.open()
  const aws = createAws({ db, log: quietLog, clock: systemClock, sandbox: { speed, transport: host } })
  await aws.accounts.ensureFirst('sandbox')
  const account = await aws.accounts.get(place.account)
  const ec2 = await aws.ec2(account, place.region)
  const plain: Ec2Instance[] = []
  for await (const page of ec2.listInstances({ priority: 'interactive' })) {
    plain.push(
      ...page.filter(
        ({ state, lifecycle, rootDeviceType }) =>
          state === 'running' && lifecycle === 'on-demand' && rootDeviceType === 'ebs',
      ),
    )
  }
  return {
    aws,
    host,
    account,
    ec2,
    /** Running, on demand, on EBS; some are stop-protected. */
    plain,
    close: async () => {
      await aws.close()
      await host.close()
      sandbox.remove()
    },
  }
}
