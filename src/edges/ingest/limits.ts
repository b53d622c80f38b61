/** How much a write may be. Each row: the default and why it is that. */
import { MIB } from '../../core/units.ts'

export interface IngestLimits {
  /** One body as received, and again after uncompressing. */
  readonly bodyBytes: number
  /**
   * Bodies being read or waiting for their turn at one time, as received; past it writers are asked
   * to come back.
   */
  readonly bytesInFlight: number
  /** Of them: those of one tenant, or of one key that carries many. */
  readonly ownerBytesInFlight: number
  /** When a writer may come back after an overload or a failed log. */
  readonly retryAfterSeconds: number
}

export const DEFAULT_INGEST_LIMITS: IngestLimits = {
  bodyBytes: 64 * MIB, // what the OTLP specification recommends
  bytesInFlight: 256 * MIB, // several hundred senders at once with usual requests of half a MiB
  ownerBytesInFlight: 64 * MIB, // one body of the largest size; three more such owners fit
  retryAfterSeconds: 5, // the longest backoff of a Prometheus sender
}
