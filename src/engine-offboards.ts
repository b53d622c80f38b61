/** Getting tenants out of engines, as far as the program's construction goes. */
import type { Clock } from './core/ports.ts'
import type { Access } from './domain/access/access.ts'
import { PURPOSES } from './edges/engines/engine.ts'
import { openOffboards, type Offboards } from './edges/engines/offboard/offboard.ts'
import { placeOf } from './engine-rules.ts'
import type { Engines } from './engines.ts'
import type { Database } from './machinery/storage/database.ts'

export function openEngineOffboards(parts: {
  readonly engines: Engines
  readonly control: Database
  readonly access: Access
  readonly clock: Clock
}): Offboards {
  const { engines, control, access, clock } = parts
  return openOffboards({
    db: control,
    access,
    clock,
    accounts: engines.accounts,
    find: (name) => engines.find(name),
    serves: (engine, tenantId) =>
      PURPOSES.some(
        (purpose) =>
          engine[purpose] !== undefined && engines.tenantsOf(engine, purpose).includes(tenantId),
      ),
    clientOf: (engine) => engines.clientOf(engine),
    filesOf: (engine) =>
      engine.rules?.place.kind === 'directory'
        ? placeOf({ engines, clock }, engine, engine.rules)
        : undefined,
  })
}
