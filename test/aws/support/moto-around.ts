import { AutoScalingClient, CreateAutoScalingGroupCommand } from '@aws-sdk/client-auto-scaling'
import {
  AllocateAddressCommand,
  AssociateAddressCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateImageCommand,
  CreateKeyPairCommand,
  CreateLaunchTemplateCommand,
  CreateSecurityGroupCommand,
  CreateSnapshotsCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  EC2Client,
} from '@aws-sdk/client-ec2'
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateTargetGroupCommand,
  ElasticLoadBalancingV2Client,
  RegisterTargetsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2'

const tags = (ResourceType: 'vpc' | 'subnet' | 'security-group' | 'elastic-ip' | 'key-pair' | 'image' | 'snapshot') => [
  { ResourceType, Tags: [{ Key: 'Name', Value: 'contract' }] },
]

/** Makes in moto what the sandbox's estate has around its machines: one of each kind, and what it is connected to. */
export const fillMoto = async (
  settings: { region: string; endpoint: string; credentials: { accessKeyId: string; secretAccessKey: string } },
  instances: readonly string[],
): Promise<void> => {
  const ec2 = new EC2Client(settings)
  const elb = new ElasticLoadBalancingV2Client(settings)
  const scaling = new AutoScalingClient(settings)
  const [InstanceId = '', other = ''] = instances
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.1.0.0/16', TagSpecifications: tags('vpc') }))
  const VpcId = Vpc?.VpcId
  const subnets: string[] = []
  for (const [index, zone] of ['a', 'b'].entries()) {
    const { Subnet } = await ec2.send(
      new CreateSubnetCommand({
        VpcId,
        CidrBlock: `10.1.${index}.0/24`,
        AvailabilityZone: `${settings.region}${zone}`,
        TagSpecifications: tags('subnet'),
      }),
    )
    subnets.push(Subnet?.SubnetId ?? '')
  }
  const { GroupId } = await ec2.send(
    new CreateSecurityGroupCommand({
      GroupName: 'contract',
      Description: 'contract',
      VpcId,
      TagSpecifications: tags('security-group'),
    }),
  )
  await ec2.send(
    new AuthorizeSecurityGroupIngressCommand({
      GroupId,
      IpPermissions: [
        { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: '0.0.0.0/0' }] },
        { IpProtocol: 'tcp', FromPort: 5432, ToPort: 5432, UserIdGroupPairs: [{ GroupId }] },
      ],
    }),
  )
  const { AllocationId } = await ec2.send(new AllocateAddressCommand({ TagSpecifications: tags('elastic-ip') }))
  await ec2.send(new AssociateAddressCommand({ AllocationId, InstanceId }))
  await ec2.send(new AllocateAddressCommand({}))
  await ec2.send(new CreateKeyPairCommand({ KeyName: 'contract', KeyType: 'rsa', TagSpecifications: tags('key-pair') }))
  await ec2.send(
    new CreateSnapshotsCommand({ InstanceSpecification: { InstanceId }, TagSpecifications: tags('snapshot') }),
  )
  await ec2.send(new CreateImageCommand({ InstanceId: other, Name: 'contract', TagSpecifications: tags('image') }))

  const { TargetGroups } = await elb.send(
    new CreateTargetGroupCommand({ Name: 'contract', Protocol: 'HTTP', Port: 8080, VpcId, TargetType: 'instance' }),
  )
  const TargetGroupArn = TargetGroups?.[0]?.TargetGroupArn
  await elb.send(new RegisterTargetsCommand({ TargetGroupArn, Targets: [{ Id: InstanceId }, { Id: other }] }))
  await elb.send(new CreateTargetGroupCommand({ Name: 'nobody', Protocol: 'HTTP', Port: 8080, VpcId }))
  const { LoadBalancers } = await elb.send(
    new CreateLoadBalancerCommand({
      Name: 'contract',
      Scheme: 'internal',
      Subnets: subnets,
      SecurityGroups: [GroupId ?? ''],
      Tags: [{ Key: 'Name', Value: 'contract' }],
    }),
  )
  await elb.send(
    new CreateListenerCommand({
      LoadBalancerArn: LoadBalancers?.[0]?.LoadBalancerArn,
      Protocol: 'HTTP',
      Port: 80,
      DefaultActions: [{ Type: 'forward', TargetGroupArn }],
    }),
  )

  await ec2.send(
    new CreateLaunchTemplateCommand({
      LaunchTemplateName: 'contract',
      LaunchTemplateData: { ImageId: 'ami-12c6146b', InstanceType: 't3.micro' },
    }),
  )
  await scaling.send(
    new CreateAutoScalingGroupCommand({
      AutoScalingGroupName: 'contract',
      LaunchTemplate: { LaunchTemplateName: 'contract', Version: '$Latest' },
      MinSize: 1,
      MaxSize: 4,
      DesiredCapacity: 2,
      VPCZoneIdentifier: subnets.join(','),
      TargetGroupARNs: [TargetGroupArn ?? ''],
      Tags: [{ Key: 'Name', Value: 'contract', PropagateAtLaunch: true }],
    }),
  )
  for (const client of [ec2, elb, scaling]) client.destroy()
}
