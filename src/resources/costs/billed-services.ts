/**
 * The services whose costs are asked for, by the names that bills have for them, and the types of the inventory that each is
 * about. What a service charges for another one's resource (traffic of an instance under "EC2 - Other") is not added to it.
 */
export const billedServices: readonly { service: string; types: readonly string[] }[] = [
  { service: 'Amazon Elastic Compute Cloud - Compute', types: ['ec2.instance'] },
  { service: 'EC2 - Other', types: ['ec2.volume', 'ec2.snapshot'] },
  { service: 'Amazon Elastic Load Balancing', types: ['elb.load-balancer'] },
  { service: 'Amazon Simple Storage Service', types: ['s3.bucket'] },
  { service: 'AWS Lambda', types: ['lambda.function'] },
  { service: 'AmazonCloudWatch', types: ['cloudwatch.alarm', 'logs.group'] },
]

/** What the inventory knows it by: bills say some ids alone and others in an ARN. */
export const nameOfBilled = (resource: string): string =>
  /^arn:[\w-]+:(?:ec2:[^/]*\/|s3:::)([^/]+)$/.exec(resource)?.[1] ?? resource.replace(/:\*$/, '')
