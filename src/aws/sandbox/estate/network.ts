import { encodeId } from './ids.ts'
import type { Partition } from './partitions.ts'

/** Networks of an account and Region as the seed made them. */
export type SeedVpc = { id: string; index: number; name: string; cidrs: string[]; tags: Record<string, string> }
export type SeedSubnet = {
  id: string
  index: number
  vpc: SeedVpc
  name: string
  availabilityZone: string
  isPublic: boolean
  cidr: string
  /** Addresses that it has for machines: AWS keeps the first four and the last one. */
  addresses: number
  tags: Record<string, string>
}

export const vpcKind = 10
export const subnetKind = 11
const zones = ['a', 'b', 'c'] as const

/** What an account's networks are called after, and whether it keeps what its data teams run apart. */
const stages: Record<string, { stage: string; hasDataVpc: boolean }> = {
  '111122223333': { stage: 'prod', hasDataVpc: true },
  '444455556666': { stage: 'staging', hasDataVpc: false },
  '777788889999': { stage: 'dev', hasDataVpc: true },
  '222233334444': { stage: 'shared', hasDataVpc: false },
}
const dataTeams = new Set<string>(['data', 'machine-learning'])

const stageOf = ({ account }: Partition) => stages[account] ?? { stage: 'main', hasDataVpc: false }

/** Addresses of a subnet: enough for each machine to have the one of its number, so that no two have the same. */
const wide = { bits: 16, blocks: 24 }
const narrow = { bits: 13 }
/** From .16 on: a subnet's first addresses are AWS's own. */
const firstHost = 16

const isNarrow = ({ instances }: Partition): boolean => instances + firstHost < 2 ** narrow.bits - 1
/** How many subnets of one kind a zone needs. */
const laps = (partition: Partition): number =>
  isNarrow(partition) ? 1 : Math.ceil((partition.instances + firstHost) / 2 ** wide.bits)

/** 10.x of a VPC's first block; the first partition is half of the estate and gets more of them. */
const firstBlock = ({ number }: Partition, vpc: number): number =>
  number === 0 ? vpc * wide.blocks : 2 * wide.blocks + ((number - 1) % 12) * 16 + vpc * 8

export const vpcsOf = (seed: number, partition: Partition): SeedVpc[] => {
  if (partition.instances === 0) return []
  const { stage, hasDataVpc } = stageOf(partition)
  return (hasDataVpc ? ['main', 'data'] : ['main']).map((purpose, index) => {
    const name = `${stage}-${purpose}`
    const blocks = isNarrow(partition) ? 1 : laps(partition) * zones.length * 2
    return {
      id: encodeId('vpc', seed, vpcKind, partition.number, index),
      index,
      name,
      cidrs: Array.from({ length: blocks }, (_, block) => `10.${firstBlock(partition, index) + block}.0.0/16`),
      tags: { Name: name, env: stage, team: 'platform', 'cost-center': 'cc-2010' },
    }
  })
}

/** By VPC, then so many times private a, b, c and public a, b, c. */
export const subnetsOf = (seed: number, partition: Partition, vpcs: readonly SeedVpc[]): SeedSubnet[] =>
  vpcs.flatMap((vpc) =>
    Array.from({ length: laps(partition) * zones.length * 2 }, (_, number) => {
      const isPublic = number % 6 >= 3
      // number % 3 is below 3.
      const zone = zones[number % 3]!
      const lap = Math.floor(number / 6)
      const index = vpc.index * laps(partition) * 6 + number
      const name = `${vpc.name}-${isPublic ? 'public' : 'private'}-${zone}${lap === 0 ? '' : lap + 1}`
      const bits = isNarrow(partition) ? narrow.bits : wide.bits
      return {
        id: encodeId('subnet', seed, subnetKind, partition.number, index),
        index,
        vpc,
        name,
        availabilityZone: `${partition.region}${zone}`,
        isPublic,
        cidr: `${addressOf(partition, vpc.index, number, 0)}/${32 - bits}`,
        addresses: 2 ** bits - 5,
        tags: { ...vpc.tags, Name: name },
      }
    }),
  )

const addressOf = (partition: Partition, vpc: number, subnet: number, host: number): string => {
  const block = firstBlock(partition, vpc)
  if (!isNarrow(partition)) return `10.${block + subnet}.${host >>> 8}.${host & 255}`
  return `10.${block}.${subnet * 2 ** (narrow.bits - 8) + (host >>> 8)}.${host & 255}`
}

/** Where a machine sits: its VPC by what its team does, its subnet by its zone and by whether its fleet faces the Internet. */
export const seatOf = (
  partition: Partition,
  machine: { index: number; team: string; availabilityZone: string; isPublic: boolean },
): { vpc: number; subnet: number; privateIp: string } => {
  const vpc = vpcOfTeam(partition, machine.team)
  const bits = isNarrow(partition) ? narrow.bits : wide.bits
  const host = machine.index + firstHost
  const zone = machine.availabilityZone.charCodeAt(machine.availabilityZone.length - 1) - 'a'.charCodeAt(0)
  const subnet = (host >>> bits) * 6 + (machine.isPublic ? 3 : 0) + zone
  return {
    vpc,
    subnet: vpc * laps(partition) * 6 + subnet,
    privateIp: addressOf(partition, vpc, subnet, host & (2 ** bits - 1)),
  }
}

export const vpcOfTeam = (partition: Partition, team: string): number =>
  stageOf(partition).hasDataVpc && dataTeams.has(team) ? 1 : 0
