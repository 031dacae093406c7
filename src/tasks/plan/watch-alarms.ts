import type { Aws } from '#aws/cloud.ts'
import type { Principal } from '#contracts/principal.ts'
import type { RolloutRequest, WatchedAlarm } from '#contracts/bulk.ts'
import type { Resource, Targets } from '#contracts/resource.ts'
import { errors } from '../errors.ts'
import { isUnread, ringing, statesOf } from '../watch/alarm-states.ts'

const type = 'cloudwatch.alarm'

/**
 * The alarms that a request wants to be watched, as they are right now. Each has to be one that the principal may read and that
 * can be read live: an alarm that nobody can see would let everything pass.
 *
 * Throws `invalid_alarms`, naming each that can't be watched.
 */
export const alarmsToWatch = async (
  deps: {
    aws: Aws
    resolveTargets: (
      principal: Principal,
      targets: Targets,
      type: string,
    ) => Promise<{ resources: Resource[]; unknown: string[] }>
  },
  principal: Principal,
  { watchAlarms = [] }: RolloutRequest,
): Promise<WatchedAlarm[]> => {
  const ids = [...new Set(watchAlarms)]
  if (ids.length === 0) return []
  const { resources, unknown } = await deps.resolveTargets(principal, { ids }, type)
  refuse(unknown, 'is no alarm in the inventory of the accounts and Regions in question')
  refuse(
    resources.filter((resource) => resource.type !== type).map(({ id }) => id),
    'is no alarm',
  )
  const states = await statesOf(deps.aws, resources.map(({ id }) => id).sort(), { priority: 'interactive' })
  refuse(
    states.filter(isUnread).map(({ id }) => id),
    'could not be read',
  )
  refuse(
    states.filter(({ kind }) => kind === 'gone').map(({ id }) => id),
    'no longer exists',
  )
  const names = new Map(resources.map(({ id, name }) => [id, name]))
  return states.map((state) => ({
    id: state.id,
    name: names.get(state.id) ?? state.id,
    ringsSince: ringing(state),
  }))
}

const refuse = (ids: readonly string[], message: string): void => {
  if (ids.length === 0) return
  throw errors.invalid_alarms(
    `The alarm "${ids[0]}" ${message}${ids.length > 1 ? `, and ${ids.length - 1} more` : ''}.`,
    {
      errors: ids.map((value) => ({ path: 'watchAlarms', message, value })),
    },
  )
}
