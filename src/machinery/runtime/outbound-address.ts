/**
 * Which addresses a tenant may make Tenantry call: only those of the public internet. Everything
 * that is private, local, shared, reserved, a translation of such an address, or a cloud's metadata
 * service is refused. Source: IANA's special-purpose address registries (RFC 6890).
 */
import { BlockList, isIPv6 } from 'node:net'

const REFUSED_V4: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['168.63.129.16', 32], // Azure's platform address.
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3], // Multicast, reserved, broadcast.
]

/** Within the one range of IPv6 that is global at all. The last two carry an IPv4 address in
 *  themselves. */
const REFUSED_V6: readonly (readonly [string, number])[] = [
  ['2001:2::', 48],
  ['2001:10::', 28],
  ['2001:20::', 28],
  ['2001:db8::', 32],
  ['3fff::', 20],
  ['2001::', 32],
  ['2002::', 16],
]

const refused = new BlockList()
for (const [net, prefix] of REFUSED_V4) refused.addSubnet(net, prefix, 'ipv4')
for (const [net, prefix] of REFUSED_V6) refused.addSubnet(net, prefix, 'ipv6')
const globalV6 = new BlockList()
globalV6.addSubnet('2000::', 3, 'ipv6')

/** Tells whether an address belongs to the public internet. Shape: IPv4 or IPv6 text without
 *  brackets or zone. */
export function isPublicAddress(address: string): boolean {
  if (!isIPv6(address)) return !refused.check(address, 'ipv4')
  return globalV6.check(address, 'ipv6') && !refused.check(address, 'ipv6')
}
