/** What an app is opened with. */
import type { BulkWriter, Clock, Disk, Log, Outbound } from './core/ports.ts'
import type { DataKind } from './data-directory.ts'
import type { Telemetry } from './machinery/runtime/telemetry.ts'

/** What the outside gives: real in the server, simulated under a simulated clock. */
export interface AppParts {
  readonly clock: Clock
  readonly disk: Disk
  readonly outbound: Outbound
  /** Closed with the app, as the bulk writer is. */
  readonly telemetry: Telemetry
  readonly log: Log
  readonly openBulk: (directory: string) => BulkWriter
  readonly kind: DataKind
}
