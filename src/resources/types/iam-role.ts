import type { IamRole } from '#aws/iam.ts'
import { globalRegion } from './global-region.ts'
import type { Observed, ResourceType } from './resource-type.ts'

const type = 'iam.role'

export const observeRole = (role: IamRole): Observed => ({
  id: role.arn,
  awsId: role.name,
  type,
  service: 'iam',
  account: role.account,
  region: globalRegion,
  name: role.name,
  state: null,
  tags: role.tags,
  // Roles are free.
  cost: { monthlyUsd: 0, source: 'free of charge' },
  summary: {
    createdAt: role.createdAt,
    lastUsedOn: role.lastUsedOn,
    trustedPrincipals: role.trustedPrincipals,
    attachedPolicyArns: role.attachedPolicyArns,
    inlinePolicyNames: role.inlinePolicyNames,
    permissionsBoundaryArn: role.permissionsBoundaryArn,
    instanceProfileArns: role.instanceProfileArns,
  },
  config: role.raw,
})

export const iamRole: ResourceType = {
  type,
  service: 'iam',
  isGlobal: true,
  iamActions: [
    'iam:GetAccountAuthorizationDetails',
    'iam:GetRole',
    'iam:ListAttachedRolePolicies',
    'iam:ListRolePolicies',
    'iam:ListInstanceProfilesForRole',
  ],
  isAwsId: (awsId) => /^[\w+=,.@-]{1,64}$/.test(awsId),
  // Behind the path, which can be long; names are unique without it.
  awsIdOf: (resource) => (resource.startsWith('role/') ? (resource.split('/').at(-1) ?? null) : null),
  list: async function* ({ aws, account, call }) {
    const iam = await aws.iam(account)
    for await (const page of iam.listRoles(call)) yield page.map(observeRole)
  },
  describe: async ({ aws, account, call }, awsIds) => {
    const iam = await aws.iam(account)
    const found = await Promise.all(awsIds.map((name) => iam.getRole(call, name)))
    return found.flatMap((role) => (role === undefined ? [] : [observeRole(role)]))
  },
  lifetime: { sweptEverySeconds: 900 },
  noise: ['summary.lastUsedOn', 'config.RoleLastUsed'],
  transitionalStates: [],
}
