import type { Read, Reader } from './reader.ts'

/** An Auto Scaling group; its id is its name. */
export type AutoScalingGroup = Read & {
  /** Only while it is being deleted. */
  state: string | null
  minSize: number
  maxSize: number
  desiredCapacity: number
  instanceIds: string[]
  /** Those that the group counts as healthy and serves with. */
  inService: number
  availabilityZones: string[]
  subnetIds: string[]
  targetGroupArns: string[]
  /** "EC2" or "ELB". */
  healthCheckType: string | null
  launchTemplateId: string | null
  launchTemplateName: string | null
  suspendedProcesses: string[]
  createdAt: string | null
}

/** Auto Scaling of one account and Region. */
export type AutoScaling = { groups: Reader<AutoScalingGroup> }
