import type { Aws } from '#aws/cloud.ts'
import type { Clock } from '#platform/clock.ts'
import type { Database } from '#platform/db/database.ts'
import type { Log } from '#platform/log.ts'
import { claimWatch, finishWatch } from '../store/organizations.ts'
import type { Watch } from '../store/organizations.ts'
import { failureText } from '../sync/failure-text.ts'
import type { Alarms } from '../sync/trouble.ts'
import { membersOf } from './discover.ts'

const lookEveryMs = 60_000
/** Names in an alert; the rest is counted. */
const maxNamed = 20

export type OrganizationWatch = { start: () => void; stop: () => Promise<void>; look: () => Promise<void> }

/**
 * Looks once a day through the organizations that somebody has looked through before, and tells people of accounts that are
 * new since and of accounts here that were closed. Nothing is added or removed by itself.
 */
export const createOrganizationWatch = (deps: {
  db: Database
  aws: Aws
  alarms: Alarms | undefined
  clock: Clock
  log: Log
}): OrganizationWatch => {
  const { db, aws, alarms, clock, log } = deps
  const stopping = new AbortController()
  let running: Promise<void> | undefined

  const tell = async (account: string, what: 'new' | 'closed', title: string, named: readonly string[]) => {
    const key = `resources/organization/${account}/${what}`
    if (named.length === 0) return alarms?.resolve(key)
    const rest = named.length > maxNamed ? ` and ${named.length - maxNamed} more` : ''
    await alarms?.raise({
      key,
      severity: 'warning',
      title: `${named.length} ${title}`,
      detail: `${named.slice(0, maxNamed).join(', ')}${rest}`,
      source: 'resources',
      subject: { type: 'Account', id: account },
      account,
    })
  }

  const lookThrough = async ({ account, seen }: Watch): Promise<void> => {
    const members = await membersOf(aws, await aws.accounts.get(account), 'sweep')
    const known = new Map((await aws.accounts.list()).map((one) => [one.id, one]))
    const before = new Set(seen)
    const added = members.filter(({ id, status }) => status === 'active' && !known.has(id) && !before.has(id))
    const closed = members.filter(({ id, status }) => status !== 'active' && known.has(id))
    const nameOf = ({ id, name }: { id: string; name: string }): string => `${name} (${id})`
    await tell(account, 'new', 'new in the organization, not among the accounts here', added.map(nameOf))
    await tell(account, 'closed', 'of the accounts here are closed in the organization', closed.map(nameOf))
  }

  const look = async (): Promise<void> => {
    for (let watch = await claimWatch(db); watch !== undefined; watch = await claimWatch(db)) {
      const { account } = watch
      const error = await lookThrough(watch).then(
        () => null,
        (thrown: unknown) => {
          log.info({ err: thrown, account }, 'an organization could not be looked through')
          return failureText(thrown)
        },
      )
      await finishWatch(db, account, error)
    }
  }

  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await look().catch((error: unknown) =>
        log.warn({ err: error }, 'organizations are looked through a minute later'),
      )
      await clock.sleep(lookEveryMs, stopping.signal)
    }
  }

  return {
    look,
    start: () => void (running ??= loop()),
    stop: async () => {
      stopping.abort()
      await running
    },
  }
}
