/** Limits of the outbox and its deliverer. */
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../core/time.ts'
import { KIB } from '../../core/units.ts'

export const ROUTING_LIMITS = {
  /** An attempt that has no answer by then has failed. */
  sendTimeoutMs: 10 * SECOND_MS,
  /** Twice the timeout: who has not settled by then is gone. */
  leaseMs: 20 * SECOND_MS,
  /** Deliveries of one channel that are sent at the same time, each of another lane. */
  inFlightPerChannel: 8,
  /** Attempts before a delivery is given up: at the longest backoff about eight hours. */
  attempts: 100,
  backoffBaseMs: SECOND_MS,
  backoffCapMs: 10 * MINUTE_MS,
  /** A receiver may ask for no longer pause than this. */
  retryAfterCapMs: HOUR_MS,
  /** Failures in a row that make a whole channel pause, and its longest pause. */
  failuresBeforePause: 3,
  pauseCapMs: 30 * SECOND_MS,
  /** Undelivered deliveries in one lane; past it the ones in the middle are superseded. */
  laneLength: 16,
  bodyBytes: 20 * KIB,
  pageSize: 500,
  /** The deliverer looks at least this often, whatever it is told. */
  idleWaitMs: 30 * SECOND_MS,
  /** How long a stop waits for sends under way. What is not settled by then is sent again after the
   *  next start. */
  stopGraceMs: 2 * SECOND_MS,
  keepSettledMs: 30 * DAY_MS,
} as const
