import type { LiveTarget } from '../../operation.ts'
import { protectedTag, stackOf } from '../safeguards.ts'

/** Why no operation with a service effect may touch this instance, or null. */
export const serviceGuard = ({ image }: LiveTarget): string | null => {
  if (isGone(image['state'])) return 'is terminated'
  if (image['isProtected'] === true) return `is protected by the tag ${protectedTag}`
  if (typeof image['managedBy'] === 'string') {
    return `belongs to ${image['managedBy']}, which replaces or restarts its instances by itself: change it there`
  }
  return null
}

export const isGone = (state: unknown): boolean => state === 'terminated' || state === 'shutting-down'

export const stackWarning = ({ tags }: LiveTarget): string[] => {
  const stack = stackOf(tags)
  return stack === null ? [] : [`is described by the CloudFormation stack "${stack}", which may set it back`]
}
