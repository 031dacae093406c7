import type { Account, Aws } from '#aws/cloud.ts'

/** An AWS that the adapters' suite runs against. */
export type Backend = {
  name: string
  aws: Aws
  account: Account
  region: string
  /** At least ten running instances that nothing protects, with an EBS root; tests may stop and tag them. */
  instances: string[]
  /** One with stop protection. */
  stopProtected: string
  /** Log groups of the class STANDARD; tests may set their retention. */
  logGroups: string[]
  close: () => Promise<void>
}
