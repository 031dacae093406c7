import type { Call } from '#aws/call.ts'
import type { Account, Aws } from '#aws/cloud.ts'
import type { Resource } from '#contracts/resource.ts'
import type { Lifetime } from '../sync/schedule.ts'

/** A resource as AWS described it just now; what it has beyond that (since when it is known) is the inventory's. */
export type Observed = Omit<Resource, 'firstSeenAt' | 'lastSeenAt'> & { service: string; awsId: string }

/** One account and Region, and how calls there are made. */
export type Place = { aws: Aws; account: Account; region: string; call: Call }

/** How one type of resource is read from AWS. */
export type ResourceType = {
  /** "ec2.instance" */
  type: string
  /** "ec2": types of one service share a partition of the sync. */
  service: string
  /** What reading it needs to be allowed. */
  iamActions: string[]
  /** Whether an AWS id (i-..., vol-...) is one of this type. */
  isAwsId: (awsId: string) => boolean
  /** The AWS id in the resource part of an ARN ("instance/i-..."), or null where it is of another type. */
  awsIdOf: (arnResource: string) => string | null
  list: (place: Place) => AsyncIterable<Observed[]>
  /** Reads these AWS ids; what AWS doesn't know is left out. */
  describe: (place: Place, awsIds: readonly string[]) => Promise<Observed[]>
  /** Where AWS can tell at a call or two: only what is on the way to another state. */
  listMoving?: (place: Place) => AsyncIterable<Observed[]>
  /** How often it is swept and how long a copy is fresh; once a minute unless given. */
  lifetime?: Lifetime
  /**
   * Fields that change by themselves (a log group's stored bytes) and make no version in the history: dotted paths into
   * `summary` and `config`, where `*` in a part stands for anything within that part.
   */
  noise?: readonly string[]
  /** States that are on the way to another one: worth a look again soon. */
  transitionalStates: readonly string[]
}
