/** What the sample platform reports: names, units and attributes after OpenTelemetry's semantic
 *  conventions, plus the tenant. */

export const PLATFORM_SCOPE = 'code-agent'

export const PLATFORM_SIGNALS = {
  duration: {
    name: 'http.server.request.duration',
    unit: 's',
    description: 'Duration of HTTP server requests.',
  },
  active: {
    name: 'http.server.active_requests',
    unit: '{request}',
    description: 'Number of active HTTP server requests.',
  },
  cpu: { name: 'process.cpu.time', unit: 's', description: 'CPU time by tenant.' },
  memory: { name: 'process.memory.usage', unit: 'By', description: 'Memory by tenant.' },
  network: { name: 'process.network.io', unit: 'By', description: 'Bodies by tenant.' },
  storage: { name: 'container.filesystem.usage', unit: 'By', description: 'Files by tenant.' },
} as const

export const TENANT_ATTRIBUTE = 'tenant.id'
export const ROUTE = '/complete'

/**
 * A name that outlives its process, as a pod of a stateful set has one: what begins after a restart
 * goes on in the series that were there. Under another name levels such as memory would be added up
 * until the old ones are stale.
 */
const INSTANCE = 'code-agent-0'

/** Each value more would be another series a tenant: these are all. */
export function requestAttributes(tenantId: string): Record<string, string> {
  return { [TENANT_ATTRIBUTE]: tenantId, 'http.request.method': 'POST', 'url.scheme': 'http' }
}

/** How requests end. */
export const RESPONSES = {
  served: { status: 200 },
  failed: { status: 500 },
  turnedAway: { status: 429, errorType: 'overloaded' },
  overQuota: { status: 429, errorType: 'quota_exceeded' },
} as const satisfies Record<string, { status: number; errorType?: string }>
export type ResponseKind = keyof typeof RESPONSES

export function responseAttributes(
  tenantId: string,
  kind: ResponseKind,
): Record<string, string | number> {
  const { status, errorType }: { status: number; errorType?: string } = RESPONSES[kind]
  return {
    ...requestAttributes(tenantId),
    'http.route': ROUTE,
    'http.response.status_code': status,
    ...(errorType === undefined ? {} : { 'error.type': errorType }),
  }
}

export function cpuAttributes(tenantId: string): Record<string, string> {
  return { [TENANT_ATTRIBUTE]: tenantId, 'cpu.mode': 'user' }
}

export function networkAttributes(
  tenantId: string,
  direction: 'receive' | 'transmit',
): Record<string, string> {
  return { [TENANT_ATTRIBUTE]: tenantId, 'network.io.direction': direction }
}

export function storageAttributes(tenantId: string): Record<string, string> {
  return { [TENANT_ATTRIBUTE]: tenantId }
}

export function memoryAttributes(tenantId: string): Record<string, string> {
  return { [TENANT_ATTRIBUTE]: tenantId }
}

export function resourceAttributes(): Record<string, string> {
  return {
    'service.name': 'code-agent',
    'service.namespace': 'demo',
    'service.version': '1.0.0',
    'service.instance.id': INSTANCE,
  }
}
