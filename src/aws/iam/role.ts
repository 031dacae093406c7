import type { RoleDetail } from '@aws-sdk/client-iam'
import type { IamRole } from '../iam.ts'
import type { IamContext } from './context.ts'

/**
 * A role in our words. Its description has what both the listing and GetRole tell, so that it is the same whichever it comes
 * from; of inline policies only the names.
 */
export const toRole = ({ account, partition }: IamContext, role: RoleDetail): IamRole => {
  // AWS describes no role without a name.
  const name = role.RoleName ?? ''
  const arn = role.Arn ?? `arn:${partition}:iam::${account}:role/${name}`
  const trust = parse(role.AssumeRolePolicyDocument)
  const attachedPolicyArns = (role.AttachedManagedPolicies ?? []).flatMap(({ PolicyArn }) => PolicyArn ?? []).sort()
  const inlinePolicyNames = (role.RolePolicyList ?? []).flatMap(({ PolicyName }) => PolicyName ?? []).sort()
  const instanceProfileArns = (role.InstanceProfileList ?? []).flatMap(({ Arn }) => Arn ?? []).sort()
  const permissionsBoundaryArn = role.PermissionsBoundary?.PermissionsBoundaryArn ?? null
  const createdAt = role.CreateDate?.toISOString() ?? null
  return {
    name,
    arn,
    account,
    createdAt,
    trustedPrincipals: principalsOf(trust),
    attachedPolicyArns,
    inlinePolicyNames,
    permissionsBoundaryArn,
    instanceProfileArns,
    lastUsedOn: role.RoleLastUsed?.LastUsedDate?.toISOString().slice(0, 10) ?? null,
    tags: Object.fromEntries((role.Tags ?? []).map(({ Key, Value }) => [Key ?? '', Value ?? ''])),
    raw: {
      RoleName: name,
      Path: role.Path ?? '/',
      RoleId: role.RoleId ?? null,
      Arn: arn,
      CreateDate: createdAt,
      AssumeRolePolicyDocument: trust,
      AttachedManagedPolicies: attachedPolicyArns,
      InlinePolicies: inlinePolicyNames,
      InstanceProfiles: instanceProfileArns,
      PermissionsBoundary: permissionsBoundaryArn,
    },
  }
}

/** IAM hands policies out URL-encoded. */
const parse = (document: string | undefined): unknown => {
  try {
    return JSON.parse(decodeURIComponent(document ?? 'null'))
  } catch {
    return null
  }
}

type Statement = { Principal?: unknown }

const principalsOf = (trust: unknown): string[] => {
  const { Statement } = (trust ?? {}) as { Statement?: Statement | Statement[] }
  const statements = Array.isArray(Statement) ? Statement : Statement === undefined ? [] : [Statement]
  return [...new Set(statements.flatMap(({ Principal }) => textsIn(Principal)))].sort()
}

const textsIn = (value: unknown): string[] =>
  typeof value === 'string'
    ? [value]
    : typeof value === 'object' && value !== null
      ? Object.values(value).flatMap(textsIn)
      : []
