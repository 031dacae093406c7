export const queueArn = (account: string, region: string, name: string): string =>
  `arn:aws:sqs:${region}:${account}:${name}`
export const streamArn = (account: string, region: string, name: string): string =>
  `arn:aws:kinesis:${region}:${account}:stream/${name}`
export const tableArn = (account: string, region: string, name: string): string =>
  `arn:aws:dynamodb:${region}:${account}:table/${name}`
export const databaseArn = (account: string, region: string, name: string): string =>
  `arn:aws:rds:${region}:${account}:db:${name}`
