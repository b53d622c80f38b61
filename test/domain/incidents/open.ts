import type { Clock } from '../../../src/core/ports.ts'
import { openAccess } from '../../../src/domain/access/access.ts'
import {
  openIncidents,
  type IncidentDeps,
  type Incidents,
} from '../../../src/domain/incidents/incidents.ts'
import { openSimClock } from '../../../src/machinery/runtime/sim-clock.ts'
import type { Database } from '../../../src/machinery/storage/database.ts'
import { silentLog } from '../../fixtures/silent-log.ts'

/** Opens the incidents of a database for tests that are about something else than the clock. */
export function incidentsOver(
  db: Database,
  clock: Pick<Clock, 'nowMs' | 'monotonicMs'> = openSimClock(0),
  isImpact?: IncidentDeps['isImpact'],
): Incidents {
  const access = openAccess({ db, log: silentLog() })
  return openIncidents({ db, access, clock, ...(isImpact === undefined ? {} : { isImpact }) })
}
