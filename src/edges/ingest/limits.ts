/** How much a write may be. Each row: the default and why it is that. */
import { MIB } from '../../core/units.ts'

export interface IngestLimits {
  /** One body as received, and again after uncompressing. */
  readonly bodyBytes: number
  /**
   * Bodies being read or uncompressed at one time, as received; past it writers are asked to come
   * back.
   */
  readonly bytesInFlight: number
  /** When a writer may come back after an overload or a failed log. */
  readonly retryAfterSeconds: number
}

export const DEFAULT_INGEST_LIMITS: IngestLimits = {
  bodyBytes: 64 * MIB, // what the OTLP specification recommends
  bytesInFlight: 256 * MIB, // several hundred senders at once with usual requests of half a MiB
  retryAfterSeconds: 5, // the longest backoff of a Prometheus sender
}
