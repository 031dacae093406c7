import type {
  DescribeInstanceStatusCommandInput,
  DescribeInstanceStatusCommandOutput,
  InstanceStatus,
} from '@aws-sdk/client-ec2'
import { awsError } from '../aws-error.ts'
import type { SeedInstance } from '../estate/instance.ts'
import { stateAt, stateCodes } from '../power.ts'
import type { Handler, HandlerContext } from './context.ts'
import { matcherOf } from './filters.ts'
import { endDryRun, isShown, namedInstances } from './instance-ids.ts'
import { pageOf } from './page.ts'

const mostIds = 100

export const describeInstanceStatus: Handler<
  DescribeInstanceStatusCommandInput,
  DescribeInstanceStatusCommandOutput
> = (input, context) => {
  const { world, partition } = context
  const ids = input.InstanceIds ?? []
  if (ids.length > 0 && input.MaxResults !== undefined) {
    throw awsError(
      'InvalidParameterCombination',
      'The parameter instancesSet cannot be used with the parameter maxResults',
    )
  }
  if (ids.length > mostIds) {
    throw awsError(
      'InvalidParameterValue',
      `The maximum number of instance IDs is ${mostIds}; ${ids.length} were given`,
    )
  }
  const named = ids.length > 0 ? namedInstances(ids, context) : undefined
  endDryRun(input)
  const matches = matcherOf<InstanceStatus>(input.Filters, filterValues)
  const { items, NextToken } = pageOf(
    named?.length ?? partition.instances,
    (position) => {
      const instance = named?.[position] ?? world.estate.instance(partition, position)
      if (!isShown(instance, context)) return undefined
      const status = statusOf(instance, context)
      // Only running instances have checks; the others are shown when asked for.
      if (status.InstanceState?.Name !== 'running' && input.IncludeAllInstances !== true) return undefined
      return matches(status) ? status : undefined
    },
    input,
  )
  return { InstanceStatuses: items, ...(NextToken === undefined ? {} : { NextToken }) }
}

const statusOf = (instance: SeedInstance, { world, nowMs }: HandlerContext): InstanceStatus => {
  const power = world.power(instance)
  const state = stateAt(power, nowMs)
  const check =
    state !== 'running'
      ? 'not-applicable'
      : nowMs < power.checkedMs
        ? 'initializing'
        : instance.isImpaired && power.starts === 0
          ? 'impaired'
          : 'ok'
  const system = check === 'impaired' ? 'ok' : check
  return {
    InstanceId: instance.id,
    AvailabilityZone: instance.availabilityZone,
    InstanceState: { Name: state, Code: stateCodes[state] },
    InstanceStatus: { Status: check, Details: [{ Name: 'reachability', Status: reachability(check) }] },
    SystemStatus: { Status: system, Details: [{ Name: 'reachability', Status: reachability(system) }] },
    Events: [],
  }
}

const reachability = (status: string) =>
  status === 'ok'
    ? 'passed'
    : status === 'impaired'
      ? 'failed'
      : status === 'initializing'
        ? 'initializing'
        : 'insufficient-data'

const filterValues = (status: InstanceStatus, name: string): readonly (string | undefined)[] | undefined => {
  switch (name) {
    case 'availability-zone':
      return [status.AvailabilityZone]
    case 'instance-state-name':
      return [status.InstanceState?.Name]
    case 'instance-status.status':
      return [status.InstanceStatus?.Status]
    case 'system-status.status':
      return [status.SystemStatus?.Status]
    default:
      return undefined
  }
}
