import { BlockList, isIP } from 'node:net'

/**
 * Where webhooks are never sent, whatever is configured: link-local addresses (169.254.169.254 and its kin hand out the
 * machine's cloud credentials), addresses that name no host, and forms that hide another address.
 */
const never = new BlockList()
for (const [network, bits] of [
  ['0.0.0.0', 8], // this network
  ['169.254.0.0', 16], // link-local, with the metadata services
  ['192.0.0.0', 24], // IETF protocol assignments, with Oracle's metadata service 192.0.0.192
  ['198.18.0.0', 15], // benchmarks
  ['224.0.0.0', 4], // multicast
  ['240.0.0.0', 4], // reserved, broadcast
] as const)
  never.addSubnet(network, bits, 'ipv4')
never.addAddress('100.100.100.200', 'ipv4') // Alibaba's metadata service, inside the shared range
never.addAddress('168.63.129.16', 'ipv4') // Azure's platform services
for (const [network, bits] of [
  ['::', 128],
  ['fe80::', 10], // link-local
  ['fec0::', 10], // site-local, deprecated
  ['ff00::', 8], // multicast
  ['64:ff9b::', 96], // NAT64: an IPv4 address inside
  ['64:ff9b:1::', 48],
  ['2002::', 16], // 6to4: likewise
  ['2001::', 32], // Teredo: likewise
] as const)
  never.addSubnet(network, bits, 'ipv6')
never.addAddress('fd00:ec2::254', 'ipv6') // EC2's metadata service
never.addAddress('fd20:ce::254', 'ipv6') // Google's metadata service

/** Where they are sent only when private addresses are allowed. */
const privates = new BlockList()
for (const [network, bits] of [
  ['10.0.0.0', 8],
  ['100.64.0.0', 10], // shared with the carrier
  ['127.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
] as const)
  privates.addSubnet(network, bits, 'ipv4')
privates.addAddress('::1', 'ipv6')
privates.addSubnet('fc00::', 7, 'ipv6')

/** Why nothing is sent to an IP address, or null when it may be. */
export const refusalOfAddress = (address: string, isPrivateAllowed: boolean): string | null => {
  const family = isIP(address)
  if (family === 0) return `"${address}" is not an IP address.`
  // BlockList looks through IPv4-mapped addresses (::ffff:127.0.0.1) by itself.
  const kind = family === 4 ? 'ipv4' : 'ipv6'
  if (never.check(address, kind)) return `${address} is a link-local, metadata or reserved address.`
  if (!isPrivateAllowed && privates.check(address, kind)) return `${address} is a private address.`
  return null
}

/** Why nothing is sent to a URL, as far as can be said without looking its name up; null when it may be. */
export const refusalOfUrl = (text: string, isPrivateAllowed: boolean): string | null => {
  if (!URL.canParse(text)) return 'It is not a URL.'
  const url = new URL(text)
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'It is neither https nor http.'
  if (url.protocol === 'http:' && !isPrivateAllowed) return 'It has to be https: the alert would travel unencrypted.'
  if (url.username !== '' || url.password !== '')
    return 'It carries a user name or password; the signature says who sends.'
  const host = url.hostname.replace(/^\[|\]$/g, '')
  return isIP(host) === 0 ? null : refusalOfAddress(host, isPrivateAllowed)
}
