/** Groups a tenant's sources by what they measure, and names it for a reader. Pure. */
import type { SourceBody } from '../../http/api/sources.schema.ts'

export interface SourceGroup {
  /** Such as `Storage: database`. */
  readonly title: string
  /** The one that counts, while it reports. */
  readonly active: SourceBody | undefined
  readonly others: readonly SourceBody[]
}

const TITLES: Readonly<Record<string, string>> = {
  requests: 'Requests',
  duration: 'Response time',
  active_requests: 'Open requests',
  api_calls: 'API usage',
  probes: 'Probes',
  user_duration: 'Response time for users',
  active_users: 'Active users',
  dependency_calls: 'Calls',
  cpu: 'CPU',
  memory: 'Memory',
  storage: 'Storage',
  network_in: 'Network in',
  network_out: 'Network out',
}

/** Shape: in the order of the titles; sums, which come with their histogram, are left out. */
export function sourceGroups(sources: readonly SourceBody[]): SourceGroup[] {
  const groups = Map.groupBy(sources, ({ signal, resource }) => `${signal}/${resource}`)
  const order = Object.keys(TITLES)
  return [...groups.values()]
    .filter(([first]) => first !== undefined && first.signal in TITLES)
    .toSorted(([a], [b]) => order.indexOf(a!.signal) - order.indexOf(b!.signal))
    .map((group) => {
      const { signal, resource } = group[0]!
      const title = TITLES[signal]!
      const active = group.find(({ state }) => state === 'active')
      return {
        title: resource === '' ? title : `${title}: ${resource}`,
        active,
        others: group.filter((source) => source !== active),
      }
    })
}
