import { partitionOf } from '#aws/arn.ts'
import type { Account, Aws } from '#aws/cloud.ts'
import type { Principal } from '#contracts/principal.ts'
import type { Targets } from '#contracts/resource.ts'
import type { Access } from '#security/access.ts'
import { errors } from '../errors.ts'
import type { Operation } from '../operation.ts'
import type { Desired } from './changes.ts'
import type { Located } from './read-live.ts'

/** Whether targets are named by account and Region alone. */
export const isPlace = (targets: Targets): targets is { account: string; region: string } =>
  !('ids' in targets) && !('query' in targets)

/** Throws `invalid_targets` unless the targets are named in the way that the operation takes. */
export const requireFitting = (operation: Pick<Operation, 'name' | 'creates'>, targets: Targets): void => {
  if (isPlace(targets) === (operation.creates !== undefined)) return
  const message =
    operation.creates === undefined
      ? `${operation.name} works on what is there: give ids or a query.`
      : `${operation.name} makes what its parameters describe: give an account and a Region, and neither ids nor a query.`
  throw errors.invalid_targets(message, { errors: [{ path: 'targets', message }] })
}

/**
 * What the parameters of an operation that makes things describe, in the account and Region that was named. Whether the
 * principal may do it there is decided target by target, like everywhere. Throws `invalid_targets` for an account or Region
 * that isn't there for them.
 */
export const describedTargets = async (
  deps: { aws: Aws; access: Pick<Access, 'decide'> },
  operation: Operation,
  request: { principal: Principal; targets: { account: string; region: string }; params: Record<string, unknown> },
): Promise<Located[]> => {
  const { targets, principal, params } = request
  const account = await readableAccount(deps, principal, targets.account)
  const { region } = targets
  if (!account.regions.includes(region)) {
    const message = `Account ${account.id} is not used in the Region "${region}"; its Regions are ${account.regions.join(', ')}.`
    throw errors.invalid_targets(message, { errors: [{ path: 'targets.region', message, value: region }] })
  }
  const ids = operation.creates?.({ account: account.id, region, partition: partitionOf(region) }, params) ?? []
  return ids.map((id) => ({ id, account: account.id, region }))
}

const readableAccount = async (
  { aws, access }: { aws: Aws; access: Pick<Access, 'decide'> },
  principal: Principal,
  id: string,
): Promise<Account> => {
  const account = (await aws.accounts.list()).find((one) => one.id === id)
  if (account !== undefined) {
    const { cloud, isProduction } = account
    const resource = { type: 'Account', id, account: id, cloud, isProduction } as const
    if ((await access.decide(principal, 'resource.read', resource)).allowed) return account
  }
  const message = `There is no account "${id}" that you may see. Accounts are named by their 12 digits.`
  throw errors.invalid_targets(message, { errors: [{ path: 'targets.account', message, value: id }] })
}

/** What an undo is to put back: it may not exist (any more), so that only its ARN says where. */
export const restoredTargets = (desired: Desired): Located[] =>
  [...desired.keys()].map((id) => {
    const [, , , region = '', account = ''] = id.split(':')
    return { id, account, region }
  })
