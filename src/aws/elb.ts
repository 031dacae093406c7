import type { Read, Reader } from './reader.ts'

/** An Application, Network or Gateway Load Balancer. Its id is what CloudWatch calls it: "app/<name>/<number>". */
export type LoadBalancer = Read & {
  name: string
  /** "active", "provisioning", "active_impaired" or "failed". */
  state: string
  loadBalancerType: 'application' | 'network' | 'gateway'
  scheme: string | null
  dnsName: string | null
  vpcId: string | null
  availabilityZones: string[]
  subnetIds: string[]
  securityGroupIds: string[]
  targetGroupArns: string[]
  createdAt: string | null
}

/** What receives traffic: its id (an instance, an address, a function, a load balancer) and whether it is fit for it. */
export type Target = {
  id: string
  port: number | null
  /** "healthy", "unhealthy", "initial", "draining", "unused" or "unavailable". */
  health: string
  /** AWS's code, for example "Target.Timeout"; null for a healthy one. */
  reason: string | null
}

/** Its id is what CloudWatch calls it: "targetgroup/<name>/<number>". */
export type TargetGroup = Read & {
  name: string
  protocol: string | null
  port: number | null
  targetType: string
  vpcId: string | null
  loadBalancerArns: string[]
  healthCheckPath: string | null
  targets: Target[]
}

/** Elastic Load Balancing (v2) of one account and Region. */
export type Elb = {
  /** Costs a call for each 20 beside the pages: AWS tells tags apart. */
  loadBalancers: Reader<LoadBalancer>
  /** Costs a call for each beside the pages: AWS tells the health of one target group at a time. */
  targetGroups: Reader<TargetGroup>
}
