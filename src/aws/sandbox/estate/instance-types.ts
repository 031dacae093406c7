/** What DescribeInstanceTypes says of a type, as far as anybody here asks. */
export type InstanceTypeFacts = {
  name: string
  vcpus: number
  memoryMib: number
  maxInterfaces: number
  maxVolumes: number
  /** Of all local disks together; 0 for none. */
  localDiskGb: number
  architecture: 'x86_64' | 'arm64'
  hypervisor: 'nitro' | 'xen'
  ena: 'required' | 'supported' | 'unsupported'
  nvme: 'required' | 'supported' | 'unsupported'
  /** Whether the network interfaces count among the attachments that `maxVolumes` limits. */
  attachmentLimit: 'shared' | 'dedicated'
}

/**
 * Name, vCPUs, MiB of memory, network interfaces, EBS volumes, GB on local disks: as AWS's DescribeInstanceTypes gave them
 * in 2026, copied, not computed. The contract tests compare each with moto's record of AWS's own answers.
 */
const table = `
  t2.nano 1 512 2 40 0
  t2.micro 1 1024 2 40 0
  t2.small 1 2048 3 40 0
  t2.medium 2 4096 3 40 0
  t2.large 2 8192 3 40 0
  t2.xlarge 4 16384 3 40 0
  t2.2xlarge 8 32768 3 40 0
  t3.nano 2 512 2 27 0
  t3.micro 2 1024 2 27 0
  t3.small 2 2048 3 27 0
  t3.medium 2 4096 3 27 0
  t3.large 2 8192 3 27 0
  t3.xlarge 4 16384 4 27 0
  t3.2xlarge 8 32768 4 27 0
  t3a.nano 2 512 2 27 0
  t3a.micro 2 1024 2 27 0
  t3a.small 2 2048 2 27 0
  t3a.medium 2 4096 3 27 0
  t3a.large 2 8192 3 27 0
  t3a.xlarge 4 16384 4 27 0
  t3a.2xlarge 8 32768 4 27 0
  t4g.nano 2 512 2 27 0
  t4g.micro 2 1024 2 27 0
  t4g.small 2 2048 3 27 0
  t4g.medium 2 4096 3 27 0
  t4g.large 2 8192 3 27 0
  t4g.xlarge 4 16384 4 27 0
  t4g.2xlarge 8 32768 4 27 0
  m4.large 2 8192 2 40 0
  m4.xlarge 4 16384 4 40 0
  m4.2xlarge 8 32768 4 40 0
  m4.4xlarge 16 65536 8 40 0
  m5.large 2 8192 3 27 0
  m5.xlarge 4 16384 4 27 0
  m5.2xlarge 8 32768 4 27 0
  m5.4xlarge 16 65536 8 27 0
  m5a.large 2 8192 3 27 0
  m5a.xlarge 4 16384 4 27 0
  m5a.2xlarge 8 32768 4 27 0
  m5a.4xlarge 16 65536 8 27 0
  m5d.large 2 8192 3 26 75
  m5d.xlarge 4 16384 4 26 150
  m5d.2xlarge 8 32768 4 26 300
  m5d.4xlarge 16 65536 8 25 600
  m6a.large 2 8192 3 27 0
  m6a.xlarge 4 16384 4 27 0
  m6a.2xlarge 8 32768 4 27 0
  m6a.4xlarge 16 65536 8 27 0
  m6g.medium 1 4096 2 27 0
  m6g.large 2 8192 3 27 0
  m6g.xlarge 4 16384 4 27 0
  m6g.2xlarge 8 32768 4 27 0
  m6g.4xlarge 16 65536 8 27 0
  m6i.large 2 8192 3 27 0
  m6i.xlarge 4 16384 4 27 0
  m6i.2xlarge 8 32768 4 27 0
  m6i.4xlarge 16 65536 8 27 0
  m7g.medium 1 4096 2 27 0
  m7g.large 2 8192 3 27 0
  m7g.xlarge 4 16384 4 27 0
  m7g.2xlarge 8 32768 4 27 0
  m7g.4xlarge 16 65536 8 27 0
  m7i.large 2 8192 3 32 0
  m7i.xlarge 4 16384 4 32 0
  m7i.2xlarge 8 32768 4 32 0
  m7i.4xlarge 16 65536 8 32 0
  c4.large 2 3840 3 40 0
  c4.xlarge 4 7680 4 40 0
  c4.2xlarge 8 15360 4 40 0
  c4.4xlarge 16 30720 8 40 0
  c5.large 2 4096 3 27 0
  c5.xlarge 4 8192 4 27 0
  c5.2xlarge 8 16384 4 27 0
  c5.4xlarge 16 32768 8 27 0
  c5a.large 2 4096 3 27 0
  c5a.xlarge 4 8192 4 27 0
  c5a.2xlarge 8 16384 4 27 0
  c5a.4xlarge 16 32768 8 27 0
  c5d.large 2 4096 3 26 50
  c5d.xlarge 4 8192 4 26 100
  c5d.2xlarge 8 16384 4 26 200
  c5d.4xlarge 16 32768 8 26 400
  c6g.medium 1 2048 2 27 0
  c6g.large 2 4096 3 27 0
  c6g.xlarge 4 8192 4 27 0
  c6g.2xlarge 8 16384 4 27 0
  c6g.4xlarge 16 32768 8 27 0
  c6i.large 2 4096 3 27 0
  c6i.xlarge 4 8192 4 27 0
  c6i.2xlarge 8 16384 4 27 0
  c6i.4xlarge 16 32768 8 27 0
  c7g.medium 1 2048 2 27 0
  c7g.large 2 4096 3 27 0
  c7g.xlarge 4 8192 4 27 0
  c7g.2xlarge 8 16384 4 27 0
  c7g.4xlarge 16 32768 8 27 0
  c7i.large 2 4096 3 32 0
  c7i.xlarge 4 8192 4 32 0
  c7i.2xlarge 8 16384 4 32 0
  c7i.4xlarge 16 32768 8 32 0
  r4.large 2 15616 3 40 0
  r4.xlarge 4 31232 4 40 0
  r4.2xlarge 8 62464 4 40 0
  r4.4xlarge 16 124928 8 40 0
  r5.large 2 16384 3 27 0
  r5.xlarge 4 32768 4 27 0
  r5.2xlarge 8 65536 4 27 0
  r5.4xlarge 16 131072 8 27 0
  r6g.medium 1 8192 2 27 0
  r6g.large 2 16384 3 27 0
  r6g.xlarge 4 32768 4 27 0
  r6g.2xlarge 8 65536 4 27 0
  r6g.4xlarge 16 131072 8 27 0
  r6i.large 2 16384 3 27 0
  r6i.xlarge 4 32768 4 27 0
  r6i.2xlarge 8 65536 4 27 0
  r6i.4xlarge 16 131072 8 27 0
  r7g.medium 1 8192 2 27 0
  r7g.large 2 16384 3 27 0
  r7g.xlarge 4 32768 4 27 0
  r7g.2xlarge 8 65536 4 27 0
  r7g.4xlarge 16 131072 8 27 0
  r7i.large 2 16384 3 32 0
  r7i.xlarge 4 32768 4 32 0
  r7i.2xlarge 8 65536 4 32 0
  r7i.4xlarge 16 131072 8 32 0
  i3.large 2 15616 3 40 475
  i3.xlarge 4 31232 4 40 950
  i3.2xlarge 8 62464 4 40 1900
  i3.4xlarge 16 124928 8 40 3800
  i4i.large 2 16384 3 26 468
  i4i.xlarge 4 32768 4 26 937
  i4i.2xlarge 8 65536 4 26 1875
  i4i.4xlarge 16 131072 8 26 3750
  x2gd.medium 1 16384 2 26 59
  x2gd.large 2 32768 3 26 118
  x2gd.xlarge 4 65536 4 26 237
  x2gd.2xlarge 8 131072 4 26 475
  x2gd.4xlarge 16 262144 8 26 950
`

/** Families on Xen; all others in the table are on Nitro, which requires ENA and NVMe. */
const xen: Record<string, Pick<InstanceTypeFacts, 'ena' | 'nvme'>> = {
  t2: { ena: 'unsupported', nvme: 'unsupported' },
  m4: { ena: 'unsupported', nvme: 'unsupported' },
  c4: { ena: 'unsupported', nvme: 'unsupported' },
  r4: { ena: 'supported', nvme: 'unsupported' },
  i3: { ena: 'supported', nvme: 'supported' },
}

/** Families on AWS's own processors have a `g` behind their generation: t4g, m7g, c6gd. */
export const isArm = (instanceType: string): boolean =>
  /^[a-z]+\d+g/.test(instanceType) && !instanceType.startsWith('g')

const isNewest = (instanceType: string): boolean => /^[a-z]7i\./.test(instanceType)

const toFacts = (line: string): InstanceTypeFacts => {
  const [name = '', ...numbers] = line.trim().split(' ')
  const [vcpus = 0, memoryMib = 0, maxInterfaces = 0, maxVolumes = 0, localDiskGb = 0] = numbers.map(Number)
  const onXen = xen[name.split('.')[0] ?? '']
  return {
    name,
    vcpus,
    memoryMib,
    maxInterfaces,
    maxVolumes,
    localDiskGb,
    architecture: isArm(name) ? 'arm64' : 'x86_64',
    hypervisor: onXen === undefined ? 'nitro' : 'xen',
    ...(onXen ?? { ena: 'required', nvme: 'required' }),
    attachmentLimit: isNewest(name) ? 'dedicated' : 'shared',
  }
}

export const instanceTypes: ReadonlyMap<string, InstanceTypeFacts> = new Map(
  table
    .trim()
    .split('\n')
    .map((line) => {
      const facts = toFacts(line)
      return [facts.name, facts]
    }),
)

/** The newest generation has not come to every zone: a Region's third has none of it. The estate has no such machines. */
export const isOfferedIn = (instanceType: string, zone: string): boolean =>
  instanceTypes.has(instanceType) && !(isNewest(instanceType) && zone.endsWith('c'))
