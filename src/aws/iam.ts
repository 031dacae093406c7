import type { Call } from './call.ts'

export type IamRole = {
  name: string
  /** With its path. */
  arn: string
  account: string
  createdAt: string | null
  /** Who may assume it, as far as the trust policy names services, accounts or providers. */
  trustedPrincipals: string[]
  attachedPolicyArns: string[]
  inlinePolicyNames: string[]
  permissionsBoundaryArn: string | null
  instanceProfileArns: string[]
  /** The day (UTC) on which it was last used, as far as AWS tracks it (400 days). */
  lastUsedOn: string | null
  tags: Record<string, string>
  raw: Record<string, unknown>
}

/** IAM of one account; it has no Regions. Everything is paged inside and takes its quota. */
export type Iam = {
  /** Every role with its policies, page by page (100 each). */
  listRoles: (call: Call) => AsyncIterable<IamRole[]>
  /** A role by name; undefined where the account has none. */
  getRole: (call: Call, name: string) => Promise<IamRole | undefined>
}
