import type { InstanceTypeInfo } from '@aws-sdk/client-ec2'
import type { Ec2, Ec2InstanceType } from '../ec2.ts'
import { batchesOf } from './batches.ts'
import type { Ec2Context } from './context.ts'

/** A filter takes at most 200 values, a page at most 100 types. */
const namesInAFilter = 100

/** By filter, not by name: one unknown type would fail the whole call. */
export const describeInstanceTypes =
  ({ sdk, client, send }: Ec2Context): Ec2['describeInstanceTypes'] =>
  async (call, names) => {
    const found: Ec2InstanceType[] = []
    for (const Values of batchesOf(names, namesInAFilter)) {
      let token: string | undefined
      do {
        const command = new sdk.DescribeInstanceTypesCommand({
          Filters: [{ Name: 'instance-type', Values }],
          MaxResults: 100,
          ...(token === undefined ? {} : { NextToken: token }),
        })
        const output = await send({ action: 'DescribeInstanceTypes', effect: 'read', call }, command, (options) =>
          client.send(command, options),
        )
        found.push(...(output.InstanceTypes ?? []).map(toType))
        token = output.NextToken
      } while (token)
    }
    return found
  }

const toType = (info: InstanceTypeInfo): Ec2InstanceType => ({
  name: info.InstanceType ?? '',
  vcpus: info.VCpuInfo?.DefaultVCpus ?? null,
  architectures: info.ProcessorInfo?.SupportedArchitectures ?? [],
  virtualizationTypes: info.SupportedVirtualizationTypes ?? [],
  hypervisor: info.Hypervisor ?? null,
  isEnaRequired: info.NetworkInfo?.EnaSupport === 'required',
  isNvmeRequired: info.EbsInfo?.NvmeSupport === 'required',
  maxNetworkInterfaces: info.NetworkInfo?.MaximumNetworkInterfaces ?? null,
  maxVolumes: info.EbsInfo?.MaximumEbsAttachments ?? null,
  sharesAttachments: info.EbsInfo?.AttachmentLimitType === 'shared',
})

export const zonesOffering =
  ({ sdk, client, send }: Ec2Context): Ec2['zonesOffering'] =>
  async (call, instanceType) => {
    const zones: string[] = []
    let token: string | undefined
    do {
      const command = new sdk.DescribeInstanceTypeOfferingsCommand({
        LocationType: 'availability-zone',
        Filters: [{ Name: 'instance-type', Values: [instanceType] }],
        MaxResults: 100,
        ...(token === undefined ? {} : { NextToken: token }),
      })
      const output = await send({ action: 'DescribeInstanceTypeOfferings', effect: 'read', call }, command, (options) =>
        client.send(command, options),
      )
      zones.push(...(output.InstanceTypeOfferings ?? []).flatMap(({ Location }) => Location ?? []))
      token = output.NextToken
    } while (token)
    return zones
  }
