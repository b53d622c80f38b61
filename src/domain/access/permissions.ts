/**
 * Who may do what: a table of permissions and a table of roles. A row's `reach` says whether
 * somebody who is bound to one tenant can hold the permission for that tenant at all, or whether it
 * only makes sense for the whole platform. What is not granted here is refused.
 */
export const PERMISSIONS = {
  'metrics:write': { reach: 'tenant', allows: 'send metrics' },
  'metrics:read': { reach: 'tenant', allows: 'scrape /metrics/tenants, see what tenants send' },
  'telemetry:read': { reach: 'platform', allows: 'scrape /metrics: Tenantry about itself' },
  'tenants:read': { reach: 'tenant', allows: 'see tenants and their configuration' },
  'tenants:write': { reach: 'platform', allows: 'create and change tenants' },
  'slo:read': { reach: 'tenant', allows: 'see SLOs, signals and the fleet' },
  'slo:write': { reach: 'platform', allows: 'change SLOs and objectives' },
  'deploys:read': { reach: 'tenant', allows: 'see what was deployed when' },
  'deploys:write': { reach: 'platform', allows: 'record deploys' },
  'engines:read': {
    reach: 'platform',
    allows: 'see engines, and what a push to them would change',
  },
  'engines:write': { reach: 'platform', allows: 'push rules to engines, and take pushes back' },
  'tests:write': { reach: 'platform', allows: 'record load tests' },
  'alerts:read': { reach: 'tenant', allows: 'see alerts' },
  'alerts:write': { reach: 'tenant', allows: 'tell of alerts that other systems have' },
  'keys:read': { reach: 'tenant', allows: 'list keys' },
  'keys:write': { reach: 'tenant', allows: 'create and revoke keys' },
  'audit:read': { reach: 'tenant', allows: 'read the audit log' },
  'audit:verify': { reach: 'platform', allows: 'check the hash chains of the audit log' },
  'sign-in:create': { reach: 'platform', allows: 'make sign-in links' },
  'session:own': { reach: 'tenant', allows: 'see who one is signed in as, and sign out' },
} as const satisfies Record<string, { reach: 'tenant' | 'platform'; allows: string }>
export type Permission = keyof typeof PERMISSIONS
export const PERMISSION_NAMES = Object.keys(PERMISSIONS) as Permission[]

interface RoleRow {
  /** What a key of the role may be bound to. */
  readonly binding: 'platform' | 'tenant' | 'either'
  readonly permissions: readonly Permission[]
}

const READING = [
  'metrics:read',
  'tenants:read',
  'slo:read',
  'deploys:read',
  'alerts:read',
  'session:own',
] as const

const ROLE_ROWS = {
  operator: { binding: 'platform', permissions: PERMISSION_NAMES },
  viewer: { binding: 'either', permissions: [...READING, 'telemetry:read'] },
  collector: {
    binding: 'either',
    permissions: ['metrics:write', 'alerts:write', 'deploys:write', 'tests:write', 'session:own'],
  },
  'tenant-admin': {
    binding: 'tenant',
    permissions: [
      ...READING,
      'metrics:write',
      'alerts:write',
      'keys:read',
      'keys:write',
      'audit:read',
    ],
  },
} as const satisfies Record<string, RoleRow>

/** The roles that a key can have. */
export type KeyRole = keyof typeof ROLE_ROWS
export const KEY_ROLES = Object.keys(ROLE_ROWS) as KeyRole[]
/** `anonymous` is who has shown nothing, and holds nothing. */
export type Role = KeyRole | 'anonymous'

/** Tells whether a role grants a permission, bound to a tenant or not. */
export function grants(role: Role, permission: Permission, isBound: boolean): boolean {
  if (role === 'anonymous') return false
  if (isBound && PERMISSIONS[permission].reach === 'platform') return false
  const row: RoleRow = ROLE_ROWS[role]
  return row.permissions.includes(permission)
}

/** Tells what a key of a role may be bound to. */
export function bindingOf(role: KeyRole): RoleRow['binding'] {
  return ROLE_ROWS[role].binding
}

/** Tells whether somebody may hand a role on: only when everything in it is theirs as well. */
export function mayHandOn(giver: Role, given: KeyRole, isBound: boolean): boolean {
  return PERMISSION_NAMES.every(
    (permission) => !grants(given, permission, isBound) || grants(giver, permission, isBound),
  )
}
