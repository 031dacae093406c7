import type { Aws } from '#aws/cloud.ts'
import type { Call } from '#aws/call.ts'
import type { Alarm } from '#aws/cloudwatch.ts'
import { AwsFailure } from '#aws/failure.ts'
import { AppError } from '#platform/app-error.ts'

/** How a watched alarm is right now. */
export type AlarmState = { id: string } & (
  | { kind: 'quiet' }
  /** In the state ALARM, since then as far as AWS says. */
  | { kind: 'ringing'; since: string | null; reason: string | null }
  | { kind: 'gone' }
  /** Nobody knows; `isForGood` where trying again can't help (access denied, an account that was removed). */
  | { kind: 'unread'; why: string; isForGood: boolean }
)

export const isUnread = (state: AlarmState): state is Extract<AlarmState, { kind: 'unread' }> => state.kind === 'unread'

/** Since when it rings, as text that differs each time it goes off; null when it doesn't. */
export const ringing = (state: AlarmState): string | null =>
  state.kind === 'ringing' ? (state.since ?? 'unknown') : null

/** Reads alarms by their ARNs, one call or few for each account and Region, in the order given. Never throws for what AWS says. */
export const statesOf = async (aws: Aws, ids: readonly string[], call: Call): Promise<AlarmState[]> => {
  const places = Map.groupBy(ids.map(placeOf), ({ account, region }) => `${account} ${region}`)
  const read = await Promise.all([...places.values()].map((alarms) => readPlace(aws, alarms, call)))
  const states = new Map(read.flat().map((state) => [state.id, state]))
  return ids.map((id) => states.get(id) ?? { id, kind: 'gone' })
}

type Placed = { id: string; account: string; region: string; name: string }

/** `arn:aws:cloudwatch:<region>:<account>:alarm:<name>`; a name may have colons. */
const placeOf = (id: string): Placed => {
  const [, , , region = '', account = '', , ...name] = id.split(':')
  return { id, account, region, name: name.join(':') }
}

const readPlace = async (aws: Aws, alarms: readonly Placed[], call: Call): Promise<AlarmState[]> => {
  const [{ account: accountId, region } = { account: '', region: '' }] = alarms
  try {
    const account = await aws.accounts.get(accountId)
    const cloudwatch = await aws.cloudwatch(account, region)
    const found = await cloudwatch.describeAlarms(
      call,
      alarms.map(({ name }) => name),
    )
    const byName = new Map(found.map((alarm) => [alarm.name, alarm]))
    return alarms.map(({ id, name }): AlarmState => {
      const alarm = byName.get(name)
      if (alarm === undefined) return { id, kind: 'gone' }
      if (alarm.state !== 'ALARM') return { id, kind: 'quiet' }
      return { id, kind: 'ringing', since: wentOffAt(alarm), reason: alarm.stateReason }
    })
  } catch (error) {
    if (error instanceof AwsFailure) {
      const isForGood = error.kind === 'permanent' && error.heldUntil === undefined
      return alarms.map(({ id }) => ({ id, kind: 'unread', why: `${error.code} in ${accountId} ${region}`, isForGood }))
    }
    if (error instanceof AppError && error.status < 500) {
      return alarms.map(({ id }) => ({ id, kind: 'unread', why: error.message, isForGood: true }))
    }
    throw error
  }
}

/** The other time that AWS gives changes with every update of an alarm that goes on ringing. */
const wentOffAt = ({ raw, stateUpdatedAt }: Alarm): string | null => {
  const { StateTransitionedTimestamp: at } = raw
  return typeof at === 'string' ? at : stateUpdatedAt
}
