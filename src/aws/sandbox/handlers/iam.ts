import type {
  AttachedPolicy,
  GetAccountAuthorizationDetailsCommandInput,
  GetAccountAuthorizationDetailsCommandOutput,
  GetRoleCommandInput,
  GetRoleCommandOutput,
  InstanceProfile,
  ListAttachedRolePoliciesCommandInput,
  ListAttachedRolePoliciesCommandOutput,
  ListInstanceProfilesForRoleCommandInput,
  ListInstanceProfilesForRoleCommandOutput,
  ListRolePoliciesCommandInput,
  ListRolePoliciesCommandOutput,
  ListRolesCommandInput,
  ListRolesCommandOutput,
  Role,
} from '@aws-sdk/client-iam'
import { awsError } from '../aws-error.ts'
import { mix } from '../estate/random.ts'
import { iamId } from '../estate/role.ts'
import type { SeedRole } from '../estate/role.ts'
import { fromToken, toToken } from '../names.ts'
import type { Handler, HandlerContext } from './context.ts'

type Paged = { MaxItems?: number | undefined; Marker?: string | undefined }

/** IAM's pages: 100 unless asked otherwise, and a marker only where there is more. */
const pageOf = <Item>(
  items: readonly Item[],
  { MaxItems = 100, Marker }: Paged,
): { page: readonly Item[]; rest: { IsTruncated: boolean; Marker?: string } } => {
  if (!Number.isInteger(MaxItems) || MaxItems < 1 || MaxItems > 1000)
    throw awsError('ValidationError', `Value '${MaxItems}' at 'maxItems' failed to satisfy constraint: 1 to 1000`)
  const from = Marker === undefined ? 0 : Number(fromToken(Marker) ?? Number.NaN)
  if (!Number.isSafeInteger(from)) throw awsError('ValidationError', 'The specified marker is not valid.')
  const next = from + MaxItems
  return {
    page: items.slice(from, next),
    rest: next < items.length ? { IsTruncated: true, Marker: toToken(String(next)) } : { IsTruncated: false },
  }
}

/** Of everything that the real call tells only the roles: the sandbox has no users, groups and policies of its own. */
export const getAccountAuthorizationDetails: Handler<
  GetAccountAuthorizationDetailsCommandInput,
  GetAccountAuthorizationDetailsCommandOutput
> = (input, context) => {
  const isWanted = (input.Filter ?? ['Role']).includes('Role')
  const { page, rest } = pageOf(isWanted ? context.world.roles(context.account) : [], input)
  return {
    RoleDetailList: page.map((role) => ({
      ...toRole(role),
      ...tagsOf(role),
      ...lastUsedOf(role),
      AttachedManagedPolicies: attachedTo(role),
      RolePolicyList: role.inlinePolicyNames.map((PolicyName) => ({
        PolicyName,
        PolicyDocument: encodeURIComponent(JSON.stringify({ Version: '2012-10-17', Statement: [] })),
      })),
      InstanceProfileList: profilesOf(role),
    })),
    ...rest,
  }
}

export const listRoles: Handler<ListRolesCommandInput, ListRolesCommandOutput> = (input, context) => {
  const prefix = input.PathPrefix ?? '/'
  const roles = context.world.roles(context.account).filter(({ path }) => path.startsWith(prefix))
  const { page, rest } = pageOf(roles, input)
  return { Roles: page.map(toRole), ...rest }
}

export const getRole: Handler<GetRoleCommandInput, GetRoleCommandOutput> = ({ RoleName }, context) => {
  const role = named(RoleName, context)
  return { Role: { ...toRole(role), ...tagsOf(role), ...lastUsedOf(role) } }
}

export const listAttachedRolePolicies: Handler<
  ListAttachedRolePoliciesCommandInput,
  ListAttachedRolePoliciesCommandOutput
> = (input, context) => {
  const { page, rest } = pageOf(attachedTo(named(input.RoleName, context)), input)
  return { AttachedPolicies: [...page], ...rest }
}

export const listRolePolicies: Handler<ListRolePoliciesCommandInput, ListRolePoliciesCommandOutput> = (
  input,
  context,
) => {
  const { page, rest } = pageOf(named(input.RoleName, context).inlinePolicyNames, input)
  return { PolicyNames: [...page], ...rest }
}

export const listInstanceProfilesForRole: Handler<
  ListInstanceProfilesForRoleCommandInput,
  ListInstanceProfilesForRoleCommandOutput
> = (input, context) => {
  const { page, rest } = pageOf(profilesOf(named(input.RoleName, context)), input)
  return { InstanceProfiles: [...page], ...rest }
}

const named = (name: string | undefined, { world, account }: HandlerContext): SeedRole => {
  const role = world.roles(account).find((one) => one.name === name)
  if (role === undefined) throw awsError('NoSuchEntity', `The role with name ${name ?? ''} cannot be found.`, 404)
  return role
}

/** As every answer has it; tags and the last use are in the answers about one role only. */
const toRole = (role: SeedRole): Role => ({
  Path: role.path,
  RoleName: role.name,
  RoleId: iamId('AROA', role.arn),
  Arn: role.arn,
  CreateDate: new Date(role.createdMs),
  AssumeRolePolicyDocument: encodeURIComponent(
    JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { Service: role.service }, Action: 'sts:AssumeRole' }],
    }),
  ),
  MaxSessionDuration: 3600,
})

const tagsOf = ({ tags }: SeedRole) => ({ Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) })

const lastUsedOf = ({ lastUsedMs, arn }: SeedRole) => ({
  RoleLastUsed:
    lastUsedMs === null
      ? {}
      : { LastUsedDate: new Date(lastUsedMs), Region: mix(arn.length) % 2 === 0 ? 'us-east-1' : 'eu-west-1' },
})

const attachedTo = ({ attachedPolicyArns }: SeedRole): AttachedPolicy[] =>
  attachedPolicyArns.map((PolicyArn) => ({ PolicyName: PolicyArn.split('/').at(-1) ?? '', PolicyArn }))

const profilesOf = (role: SeedRole): InstanceProfile[] =>
  role.instanceProfileArn === null
    ? []
    : [
        {
          Path: '/',
          InstanceProfileName: role.name,
          InstanceProfileId: iamId('AIPA', role.arn),
          Arn: role.instanceProfileArn,
          CreateDate: new Date(role.createdMs),
          Roles: [toRole(role)],
        },
      ]
