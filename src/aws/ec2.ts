import type { Call } from './call.ts'
import type { Ec2Inventory } from './ec2-inventory.ts'

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
  keyName: string | null
  iamInstanceProfileArn: string | null
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
  /** The one that it was made from. */
  snapshotId: string | null
  attachedTo: string[]
  tags: Record<string, string>
  raw: Record<string, unknown>
}

/** What an instance type has and what it asks of an instance. */
export type Ec2InstanceType = {
  name: string
  /** Null where AWS doesn't say. */
  vcpus: number | null
  architectures: string[]
  virtualizationTypes: string[]
  hypervisor: string | null
  isEnaRequired: boolean
  isNvmeRequired: boolean
  maxNetworkInterfaces: number | null
  /** Most EBS volumes that can be attached, null where AWS doesn't say. */
  maxVolumes: number | null
  /** Network interfaces and local disks count among those. */
  sharesAttachments: boolean
}

export type Ec2Snapshot = {
  id: string
  volumeId: string
  /** "pending", "completed", "error", ... */
  state: string
  /** Why it failed, where AWS says so. */
  stateMessage: string | null
  sizeGib: number
  startedAt: string | null
  tags: Record<string, string>
}

export type Ec2Image = {
  id: string
  name: string
  /** "pending", "available", "failed", ... */
  state: string
  stateMessage: string | null
  snapshotIds: string[]
  tags: Record<string, string>
}

/** Snapshots or images, by their ids or by the value of one of their tags; unknown ones are left out of the answer. */
export type MadeQuery = { ids: readonly string[] } | { tag: string; values: readonly string[] }

export type Ec2InstanceStatus = { id: string; system: string; instance: string }

/**
 * EC2 of one account and Region. Ids that AWS doesn't know are left out of a describe's answer (the adapter finds them
 * by filter, not by InstanceIds, so one unknown id doesn't fail the page). Everything is paged inside and takes its quota.
 */
export type Ec2 = {
  describeInstances: (call: Call, ids: readonly string[]) => Promise<Ec2Instance[]>
  /** Every instance, or those in these states, page by page, as AWS hands them out. */
  listInstances: (call: Call, options?: { states?: readonly string[] }) => AsyncIterable<Ec2Instance[]>
  listVolumes: (call: Call) => AsyncIterable<Ec2Volume[]>
  describeVolumes: (call: Call, ids: readonly string[]) => Promise<Ec2Volume[]>
  /** Everything else that EC2 has, for the inventory. */
  inventory: Ec2Inventory
  /** Types that AWS doesn't know are left out. */
  describeInstanceTypes: (call: Call, names: readonly string[]) => Promise<Ec2InstanceType[]>
  /** The Availability Zones of the Region that have this type. */
  zonesOffering: (call: Call, instanceType: string) => Promise<string[]>
  /** Only of this account. */
  describeSnapshots: (call: Call, query: MadeQuery) => Promise<Ec2Snapshot[]>
  /** Only of this account. */
  describeImages: (call: Call, query: MadeQuery) => Promise<Ec2Image[]>
  describeInstanceStatus: (call: Call, ids: readonly string[]) => Promise<Ec2InstanceStatus[]>
  /** disableApiStop; costs a call for each instance. */
  isStopProtected: (call: Call, id: string) => Promise<boolean>
  /** disableApiTermination; costs a call for each instance. */
  isTerminationProtected: (call: Call, id: string) => Promise<boolean>
  startInstances: (call: Call, ids: readonly string[]) => Promise<{ id: string; previous: string; current: string }[]>
  stopInstances: (
    call: Call,
    ids: readonly string[],
    options: { hibernate?: boolean; force?: boolean; skipOsShutdown?: boolean },
  ) => Promise<{ id: string; previous: string; current: string }[]>
  rebootInstances: (call: Call, ids: readonly string[]) => Promise<void>
  /**
   * At most 1,000 ids a call. One that is protected fails the call and keeps alive what was named with it in its Availability
   * Zone, while others die: name one zone a call.
   */
  terminateInstances: (
    call: Call,
    ids: readonly string[],
  ) => Promise<{ id: string; previous: string; current: string }[]>
  /** Of a stopped instance. */
  modifyInstanceType: (call: Call, id: string, instanceType: string) => Promise<void>
  /** Of all EBS volumes of an instance, at one moment. Not repeated by itself: each call makes new ones. */
  createSnapshots: (
    call: Call,
    what: { instanceId: string; description: string; tags: Record<string, string> },
  ) => Promise<{ id: string; volumeId: string }[]>
  /** One that is gone already is no error. */
  deleteSnapshot: (call: Call, id: string) => Promise<void>
  /** Without a reboot; the image's snapshots get the same tags. The name is unique in the account and Region. */
  createImage: (
    call: Call,
    what: { instanceId: string; name: string; description: string; tags: Record<string, string> },
  ) => Promise<string>
  /** Its snapshots stay. One that is gone already is no error. */
  deregisterImage: (call: Call, id: string) => Promise<void>
  /** At most 1,000 resource ids a call. */
  createTags: (call: Call, ids: readonly string[], tags: Record<string, string>) => Promise<void>
  deleteTags: (call: Call, ids: readonly string[], keys: readonly string[]) => Promise<void>
}
