import type { Ec2Instance, Ec2InstanceType } from '#aws/ec2.ts'
import type { Scope } from '../../operation.ts'

/** What AWS says of the type that instances are to get, and of those that they have. */
export type TypeFacts = {
  wanted: Ec2InstanceType | null
  /** The Availability Zones that have it. */
  zones: ReadonlySet<string>
  types: ReadonlyMap<string, Ec2InstanceType>
}

/** Three calls for any number of instances. */
export const readTypeFacts = async (
  scope: Scope,
  wanted: string,
  instances: Iterable<Ec2Instance>,
): Promise<TypeFacts> => {
  const ec2 = await scope.aws.ec2(scope.account, scope.region)
  const names = new Set([wanted, ...[...instances].map(({ instanceType }) => instanceType)])
  const [described, zones] = await Promise.all([
    ec2.describeInstanceTypes(scope.call, [...names]),
    ec2.zonesOffering(scope.call, wanted),
  ])
  const types = new Map(described.map((type) => [type.name, type]))
  return { wanted: types.get(wanted) ?? null, zones: new Set(zones), types }
}

/**
 * Why an instance can't become one of that type, as far as AWS tells beforehand, or null. Rules:
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/resize-limitations.html
 */
export const misfitOf = (instance: Ec2Instance, name: string, { wanted, zones }: TypeFacts): string | null => {
  if (wanted === null) return `can't become ${name}: AWS has no such type in ${instance.region}`
  if (!zones.has(instance.availabilityZone)) {
    return `can't become ${name}: ${instance.availabilityZone} doesn't have that type`
  }
  if (instance.architecture !== null && !wanted.architectures.includes(instance.architecture)) {
    return `can't become ${name}: it is ${instance.architecture}, the type is ${wanted.architectures.join(' or ')}`
  }
  const virtualization = instance.raw['VirtualizationType']
  if (typeof virtualization === 'string' && !wanted.virtualizationTypes.includes(virtualization)) {
    return `can't become ${name}: its virtualization is ${virtualization}, the type needs ${wanted.virtualizationTypes.join(' or ')}`
  }
  if (wanted.isEnaRequired && instance.raw['EnaSupport'] === false) {
    return `can't become ${name}: the type needs enhanced networking (ENA), for which this instance is not enabled`
  }
  return tooManyAttached(instance, name, wanted)
}

const tooManyAttached = (instance: Ec2Instance, name: string, wanted: Ec2InstanceType): string | null => {
  const cards = instance.raw['NetworkInterfaces']
  const interfaces = Array.isArray(cards) ? cards.length : 0
  if (wanted.maxNetworkInterfaces !== null && interfaces > wanted.maxNetworkInterfaces) {
    return `can't become ${name}: it has ${interfaces} network interfaces, the type takes ${wanted.maxNetworkInterfaces}`
  }
  const attached = instance.volumeIds.length + (wanted.sharesAttachments ? interfaces : 0)
  if (wanted.maxVolumes !== null && attached > wanted.maxVolumes) {
    return `can't become ${name}: it has ${instance.volumeIds.length} volumes, more than the type takes`
  }
  return null
}

/** From Xen to Nitro disks and network cards are other devices to the guest; AWS can't see whether it has the drivers. */
export const needsNitroDrivers = (instance: Ec2Instance, { wanted, types }: TypeFacts): boolean =>
  wanted?.isNvmeRequired === true && types.get(instance.instanceType)?.isNvmeRequired === false
