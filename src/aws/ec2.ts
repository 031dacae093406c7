import type { Call } from './call.ts'

/** An EC2 instance as the rest of the program sees it; `raw` is AWS's description, JSON, for the details page. */
export type Ec2Instance = {
  /** i-... */
  id: string
  arn: string
  account: string
  region: string
  state: 'pending' | 'running' | 'shutting-down' | 'terminated' | 'stopping' | 'stopped'
  stateReason: string | null
  instanceType: string
  availabilityZone: string
  launchedAt: string | null
  architecture: string | null
  platform: string | null
  lifecycle: 'on-demand' | 'spot'
  rootDeviceType: 'ebs' | 'instance-store'
  hasInstanceStore: boolean
  privateIp: string | null
  publicIp: string | null
  /** The public address belongs to no Elastic IP and is lost on a stop. */
  isPublicIpAutoAssigned: boolean
  vpcId: string | null
  subnetId: string | null
  imageId: string | null
  volumeIds: string[]
  securityGroupIds: string[]
  tags: Record<string, string>
  raw: Record<string, unknown>
}

export type Ec2Volume = {
  id: string
  arn: string
  account: string
  region: string
  state: string
  sizeGib: number
  volumeType: string
  iops: number | null
  isEncrypted: boolean
  availabilityZone: string
  createdAt: string | null
  attachedTo: string[]
  tags: Record<string, string>
  raw: Record<string, unknown>
}

export type Ec2InstanceStatus = { id: string; system: string; instance: string }

/**
 * EC2 of one account and Region. Ids that AWS doesn't know are left out of a describe's answer (the adapter finds them
 * by filter, not by InstanceIds, so one unknown id doesn't fail the page). Everything is paged inside and takes its quota.
 */
export type Ec2 = {
  describeInstances: (call: Call, ids: readonly string[]) => Promise<Ec2Instance[]>
  /** Every instance, page by page, as AWS hands them out. */
  listInstances: (call: Call) => AsyncIterable<Ec2Instance[]>
  listVolumes: (call: Call) => AsyncIterable<Ec2Volume[]>
  describeInstanceStatus: (call: Call, ids: readonly string[]) => Promise<Ec2InstanceStatus[]>
  /** disableApiStop; costs a call for each instance. */
  isStopProtected: (call: Call, id: string) => Promise<boolean>
  startInstances: (call: Call, ids: readonly string[]) => Promise<{ id: string; previous: string; current: string }[]>
  stopInstances: (
    call: Call,
    ids: readonly string[],
    options: { hibernate?: boolean; force?: boolean; skipOsShutdown?: boolean },
  ) => Promise<{ id: string; previous: string; current: string }[]>
  rebootInstances: (call: Call, ids: readonly string[]) => Promise<void>
  /** At most 1,000 resource ids a call. */
  createTags: (call: Call, ids: readonly string[], tags: Record<string, string>) => Promise<void>
  deleteTags: (call: Call, ids: readonly string[], keys: readonly string[]) => Promise<void>
}
