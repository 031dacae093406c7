import type { Account, Aws } from '#aws/cloud.ts'
import type { Ec2 } from '#aws/ec2.ts'

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
  /** One with termination protection, and one without in the same Availability Zone. */
  terminationProtected: [kept: string, neighbour: string]
  /** Only where the adapter's own call can't be used: moto has no tags for an image's snapshots. */
  createImage?: (what: Parameters<Ec2['createImage']>[1]) => Promise<string>
  /** Only where it isn't there from the beginning: makes what stands around the instances. */
  fill?: () => Promise<void>
  close: () => Promise<void>
}
