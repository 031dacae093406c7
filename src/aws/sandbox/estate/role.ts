import { fleetAt, fleetSize } from './fleet.ts'
import type { Fleet } from './fleet.ts'
import { hexOf } from './hex.ts'
import { estateEpochMs } from './instance.ts'
import type { Partition } from './partitions.ts'
import { fraction, mix } from './random.ts'
import { companyTags } from './tags.ts'

/** A role as the seed made it: IAM has no Regions, so roles are the account's. */
export type SeedRole = {
  name: string
  path: string
  arn: string
  /** The service that may assume it. */
  service: string
  attachedPolicyArns: string[]
  inlinePolicyNames: string[]
  /** The instance profile that hands it to machines, named like the role. */
  instanceProfileArn: string | null
  createdMs: number
  /** Null: never used in the time that AWS looks back. */
  lastUsedMs: number | null
  tags: Record<string, string>
}

type Owner = Pick<Fleet, 'app' | 'role' | 'env'>

/** Machines of one app, role and stage have a role and an instance profile of one name; its functions have another. */
export const instanceRoleName = ({ app, role, env }: Owner): string => `${app.name}-${role}-${env}`
export const functionRoleName = ({ app, env }: Owner): string => `${app.name}-functions-${env}`

export const roleArn = (account: string, name: string, path = '/'): string =>
  `arn:aws:iam::${account}:role${path}${name}`
export const instanceProfileArn = (account: string, name: string): string =>
  `arn:aws:iam::${account}:instance-profile/${name}`

/** The unique id that IAM gives to a role (AROA) or to its instance profile (AIPA), from the role's ARN. */
export const iamId = (prefix: 'AROA' | 'AIPA', arn: string): string =>
  `${prefix}${hexOf(17, ...Array.from(arn, (char) => char.codePointAt(0) ?? 0)).toUpperCase()}`

const policy = (name: string): string => `arn:aws:iam::aws:policy/${name}`
const dayMs = 86_400_000

/** The roles of an account, by name: its partitions are those of all Regions. */
export const rolesOf = (seed: number, partitions: readonly Partition[]): SeedRole[] => {
  const roles = new Map<string, SeedRole>()
  const add = (role: SeedRole): void => void (roles.has(role.name) || roles.set(role.name, role))
  for (const partition of partitions) {
    const fleets = Math.max(Math.ceil(partition.instances / fleetSize), partition.functions > 0 ? 1 : 0)
    // Every role follows from an app, a role and an environment: more fleets than there are such combinations add none.
    for (let number = 0; number < Math.min(fleets, mostFleets); number++) {
      const fleet = fleetAt(seed, partition, number)
      if (number * fleetSize < partition.instances) add(instanceRole(seed, partition.account, fleet))
      if (number < partition.functions) add(functionRole(seed, partition.account, fleet))
    }
  }
  const [first] = partitions
  if (first !== undefined) for (const role of accountRoles(seed, first.account)) add(role)
  return [...roles.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

/** Behind that many fleets the same app, role and environment come again (with other machines). */
const mostFleets = 1_000

const numberOf = (text: string): number => mix(...Array.from(text, (char) => char.codePointAt(0) ?? 0))

const made = (seed: number, name: string): Pick<SeedRole, 'createdMs' | 'lastUsedMs'> => ({
  createdMs: estateEpochMs - Math.floor(fraction(seed, numberOf(name), 340) * 1200 * dayMs),
  lastUsedMs:
    fraction(seed, numberOf(name), 341) < 0.12
      ? null
      : estateEpochMs - Math.floor(fraction(seed, numberOf(name), 342) ** 4 * 300 * dayMs),
})

const instanceRole = (seed: number, account: string, fleet: Fleet): SeedRole => {
  const name = instanceRoleName(fleet)
  const dice = fraction(seed, numberOf(name), 343)
  return {
    name,
    path: '/',
    arn: roleArn(account, name),
    service: 'ec2.amazonaws.com',
    attachedPolicyArns: [
      policy('AmazonSSMManagedInstanceCore'),
      policy('CloudWatchAgentServerPolicy'),
      // As everywhere: somebody was in a hurry once.
      ...(dice < 0.03 ? [policy('AdministratorAccess')] : dice < 0.1 ? [policy('AmazonS3FullAccess')] : []),
    ],
    inlinePolicyNames: dice > 0.4 ? ['read-configuration'] : [],
    instanceProfileArn: instanceProfileArn(account, name),
    ...made(seed, name),
    tags: companyTags({ name, app: fleet.app, env: fleet.env, owner: fleet.owner }, seed, numberOf(name), 344),
  }
}

const functionRole = (seed: number, account: string, fleet: Fleet): SeedRole => {
  const name = functionRoleName(fleet)
  const dice = fraction(seed, numberOf(name), 345)
  return {
    name,
    path: '/',
    arn: roleArn(account, name),
    service: 'lambda.amazonaws.com',
    attachedPolicyArns: [
      policy('service-role/AWSLambdaBasicExecutionRole'),
      ...(dice < 0.3 ? [policy('service-role/AWSLambdaVPCAccessExecutionRole')] : []),
      ...(dice > 0.9 ? [policy('AmazonDynamoDBFullAccess')] : []),
    ],
    inlinePolicyNames: ['tables-and-queues'],
    instanceProfileArn: null,
    ...made(seed, name),
    tags: companyTags({ name, app: fleet.app, env: fleet.env, owner: fleet.owner }, seed, numberOf(name), 346),
  }
}

/** What every account has. */
const accountRoles = (seed: number, account: string): SeedRole[] =>
  [
    {
      name: 'AWSServiceRoleForAutoScaling',
      path: '/aws-service-role/autoscaling.amazonaws.com/',
      service: 'autoscaling.amazonaws.com',
      policies: ['aws-service-role/AutoScalingServiceRolePolicy'],
    },
    {
      name: 'AWSServiceRoleForRDS',
      path: '/aws-service-role/rds.amazonaws.com/',
      service: 'rds.amazonaws.com',
      policies: ['aws-service-role/AmazonRDSServiceRolePolicy'],
    },
    { name: 'deployment', path: '/ci/', service: 'codebuild.amazonaws.com', policies: ['PowerUserAccess'] },
  ].map(({ name, path, service, policies }) => ({
    name,
    path,
    arn: roleArn(account, name, path),
    service,
    attachedPolicyArns: policies.map(policy),
    inlinePolicyNames: [],
    instanceProfileArn: null,
    ...made(seed, name),
    tags: {},
  }))
