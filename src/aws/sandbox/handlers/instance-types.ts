import type {
  _InstanceType,
  DescribeInstanceTypeOfferingsCommandInput,
  DescribeInstanceTypeOfferingsCommandOutput,
  DescribeInstanceTypesCommandInput,
  DescribeInstanceTypesCommandOutput,
  InstanceTypeInfo,
  InstanceTypeOffering,
} from '@aws-sdk/client-ec2'
import { awsError } from '../aws-error.ts'
import { instanceTypes, isOfferedIn } from '../estate/instance-types.ts'
import type { InstanceTypeFacts } from '../estate/instance-types.ts'
import type { Handler } from './context.ts'
import { matcherOf } from './filters.ts'
import { endDryRun } from './instance-ids.ts'
import { pageOf } from './page.ts'

const mostTypes = 100

export const describeInstanceTypes: Handler<DescribeInstanceTypesCommandInput, DescribeInstanceTypesCommandOutput> = (
  input,
) => {
  const named = input.InstanceTypes ?? []
  if (named.length > mostTypes) {
    throw awsError('InvalidParameterValue', `The maximum number of instance types is ${mostTypes}`)
  }
  const unknown = named.filter((name) => !instanceTypes.has(name))
  if (unknown.length > 0) {
    throw awsError('InvalidInstanceType', `The following supplied instance types do not exist: [${unknown.join(', ')}]`)
  }
  endDryRun(input)
  const matches = matcherOf<InstanceTypeInfo>(input.Filters, typeValues)
  const all = [...instanceTypes.values()].filter(({ name }) => named.length === 0 || named.some((one) => one === name))
  const { items, NextToken } = pageOf(
    all.length,
    // A position is below the count.
    (position) => [toInfo(all[position]!)].find(matches),
    input,
  )
  return { InstanceTypes: items, ...(NextToken === undefined ? {} : { NextToken }) }
}

const toInfo = (facts: InstanceTypeFacts): InstanceTypeInfo => ({
  // The table's types are names of real ones.
  InstanceType: facts.name as _InstanceType,
  BareMetal: false,
  BurstablePerformanceSupported: facts.name.startsWith('t'),
  Hypervisor: facts.hypervisor,
  SupportedUsageClasses: ['on-demand', 'spot'],
  SupportedRootDeviceTypes: ['ebs'],
  SupportedVirtualizationTypes: ['hvm'],
  ProcessorInfo: { SupportedArchitectures: [facts.architecture] },
  VCpuInfo: { DefaultVCpus: facts.vcpus },
  MemoryInfo: { SizeInMiB: facts.memoryMib },
  InstanceStorageSupported: facts.localDiskGb > 0,
  ...(facts.localDiskGb > 0 ? { InstanceStorageInfo: { TotalSizeInGB: facts.localDiskGb } } : {}),
  EbsInfo: {
    NvmeSupport: facts.nvme,
    MaximumEbsAttachments: facts.maxVolumes,
    AttachmentLimitType: facts.attachmentLimit,
  },
  NetworkInfo: { EnaSupport: facts.ena, MaximumNetworkInterfaces: facts.maxInterfaces },
  PlacementGroupInfo: {
    SupportedStrategies: facts.name.startsWith('t') ? ['partition', 'spread'] : ['cluster', 'partition', 'spread'],
  },
})

const typeValues = (type: InstanceTypeInfo, name: string): readonly (string | undefined)[] | undefined => {
  switch (name) {
    case 'instance-type':
      return [type.InstanceType]
    case 'hypervisor':
      return [type.Hypervisor]
    case 'processor-info.supported-architecture':
      return type.ProcessorInfo?.SupportedArchitectures
    case 'instance-storage-supported':
      return [String(type.InstanceStorageSupported)]
    default:
      return undefined
  }
}

/** By Region unless it is asked for zones. */
export const describeInstanceTypeOfferings: Handler<
  DescribeInstanceTypeOfferingsCommandInput,
  DescribeInstanceTypeOfferingsCommandOutput
> = (input, { region }) => {
  const kind = input.LocationType ?? 'region'
  if (kind !== 'region' && kind !== 'availability-zone') {
    throw awsError('InvalidParameterValue', `The sandbox has no offerings by '${kind}'.`)
  }
  endDryRun(input)
  const places = kind === 'region' ? [region] : ['a', 'b', 'c'].map((zone) => `${region}${zone}`)
  const offerings = [...instanceTypes.keys()].flatMap((name) =>
    places
      .filter((place) => kind === 'region' || isOfferedIn(name, place))
      .map((Location): InstanceTypeOffering => ({
        // The table's types are names of real ones.
        InstanceType: name as _InstanceType,
        LocationType: kind,
        Location,
      })),
  )
  const matches = matcherOf<InstanceTypeOffering>(input.Filters, ({ InstanceType, Location }, name) =>
    name === 'instance-type' ? [InstanceType] : name === 'location' ? [Location] : undefined,
  )
  // A position is below the count.
  const { items, NextToken } = pageOf(offerings.length, (position) => [offerings[position]!].find(matches), input)
  return { InstanceTypeOfferings: items, ...(NextToken === undefined ? {} : { NextToken }) }
}
