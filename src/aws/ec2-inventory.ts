import type { Read, Reader } from './reader.ts'

/** A snapshot of the account's own. Its ARN says no account. */
export type Snapshot = Read & {
  /** "pending", "completed", "error", ... */
  state: string
  /** The volume that it was taken of, which may be gone. */
  volumeId: string | null
  sizeGib: number
  isEncrypted: boolean
  /** "standard" or "archive". */
  storageTier: string
  description: string | null
  startedAt: string | null
}

/** An image of the account's own. Its ARN says no account. */
export type MachineImage = Read & {
  name: string
  /** "pending", "available", "failed", ... */
  state: string
  description: string | null
  architecture: string | null
  platform: string | null
  rootDeviceType: string | null
  isPublic: boolean
  /** The instance that it was made of, which may be gone. */
  sourceInstanceId: string | null
  snapshotIds: string[]
  sizeGib: number
  createdAt: string | null
}

export type SecurityGroup = Read & {
  name: string
  description: string | null
  vpcId: string | null
  /** Each source of each rule counts, as AWS counts them for its quota. */
  ingressRules: number
  egressRules: number
  /** What everybody may reach: "tcp/22", "tcp/8000-8100", "all". */
  openPorts: string[]
  /** Other security groups whose members are let in. */
  sourceSecurityGroupIds: string[]
}

export type Vpc = Read & { state: string; cidrBlocks: string[]; isDefault: boolean }

export type Subnet = Read & {
  state: string
  vpcId: string | null
  availabilityZone: string
  cidrBlock: string | null
  availableAddresses: number | null
  mapsPublicIps: boolean
  isDefault: boolean
}

/** An Elastic IP; its id is that of the allocation. */
export type ElasticIp = Read & {
  publicIp: string | null
  associationId: string | null
  instanceId: string | null
  networkInterfaceId: string | null
  privateIp: string | null
}

/** A key pair; its id here is its name, which its ARN has too. */
export type KeyPair = Read & {
  /** key-... */
  keyPairId: string | null
  keyType: string | null
  fingerprint: string | null
  createdAt: string | null
}

/** What EC2 has beside instances and volumes, as the inventory reads it. */
export type Ec2Inventory = {
  snapshots: Reader<Snapshot>
  images: Reader<MachineImage>
  securityGroups: Reader<SecurityGroup>
  vpcs: Reader<Vpc>
  subnets: Reader<Subnet>
  addresses: Reader<ElasticIp>
  keyPairs: Reader<KeyPair>
}
