/** What the tests of access and tenants share: both doors over a control database in memory. */
import { openAccess, type Access } from '../../../src/domain/access/access.ts'
import {
  openTenants,
  tenantConfigSchema,
  type TenantConfig,
  type Tenants,
} from '../../../src/domain/tenants/tenants.ts'
import { openDatabase, type Database } from '../../../src/machinery/storage/database.ts'
import { memoryLog, type LoggedLine } from '../../machinery/support/memory-log.ts'

export const T0 = 1_700_000_000_000

export interface World {
  readonly db: Database
  readonly access: Access
  readonly tenants: Tenants
  readonly logged: LoggedLine[]
  /** Opens both doors again over the same rows, as a restart does. */
  reopen(): World
}

export function openWorld(db = openDatabase({ path: ':memory:', kind: 'control' })): World {
  db.pragma('synchronous = OFF')
  const log = memoryLog()
  const access = openAccess({ db, log })
  const tenants = openTenants({ db, access })
  return { db, access, tenants, logged: log.lines, reopen: () => openWorld(db) }
}

export function config(tenantId: string, rest: Record<string, unknown> = {}): TenantConfig {
  return tenantConfigSchema.parse({
    tenantId,
    name: tenantId,
    tier: 'starter',
    region: 'eu-central-1',
    isolation: 'shared',
    ...rest,
  })
}
