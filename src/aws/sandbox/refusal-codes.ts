/** How a service says that it was called too often, that it won't be called by somebody, and that a token is too old. */
export type RefusalCodes = {
  throttled: string
  throttledStatus: number
  denied: string
  expired: string
}

/** The older APIs, in XML. */
const plain: RefusalCodes = {
  throttled: 'Throttling',
  throttledStatus: 400,
  denied: 'AccessDenied',
  expired: 'ExpiredToken',
}
/** Those in JSON. */
const exceptions: RefusalCodes = {
  throttled: 'ThrottlingException',
  throttledStatus: 400,
  denied: 'AccessDeniedException',
  expired: 'ExpiredTokenException',
}

/**
 * https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
 * https://docs.aws.amazon.com/lambda/latest/api/CommonErrors.html
 * https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_GetResources.html
 */
const byService: Record<string, RefusalCodes> = {
  ec2: {
    throttled: 'RequestLimitExceeded',
    throttledStatus: 503,
    denied: 'UnauthorizedOperation',
    expired: 'RequestExpired',
  },
  elb: { ...plain, throttled: 'ThrottlingException' },
  s3: { ...plain, throttled: 'SlowDown', throttledStatus: 503 },
  lambda: { ...exceptions, throttled: 'TooManyRequestsException', throttledStatus: 429 },
  tagging: { ...exceptions, throttled: 'ThrottledException' },
  logs: exceptions,
  cloudcontrol: exceptions,
}

export const refusalCodes = (service: string): RefusalCodes => byService[service] ?? plain
