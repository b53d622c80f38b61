/** Limits of the HTTP edge. Each with its reason. */
import { KIB, MIB } from '../../core/units.ts'

export const HTTP_LIMITS = {
  /** One API request's body; metrics come by routes of their own with larger ones. */
  bodyBytes: MIB,
  /** Alerts of other systems: a group of some thousands, which its sender does not cut. */
  alertBodyBytes: 16 * MIB,
  connections: 10_000,
  /** From the first byte to the last header. */
  headersMs: 20_000,
  /** From the first byte to the last of the body. */
  requestMs: 120_000,
  /** How often the two are looked at: a request may take so much longer. */
  timeoutLookMs: 5_000,
  /** Longer than the usual scrape interval, so that a scraper keeps its connection. */
  keepAliveMs: 75_000,
  /** How long a drain waits for answers under way. */
  drainMs: 10_000,
  /** Answers shorter than this are not worth compressing. */
  compressFromBytes: 4 * KIB,
  /** Open live lines: each is a socket and a browser's tab. */
  liveClients: 500,
  /** A live line whose reader has left so much unread is cut. */
  liveUnreadBytes: 64 * KIB,
  liveHeartbeatMs: 10_000,
  /** Rows of one list page. */
  pageSize: 500,
  /** Main-thread time for composing the fleet before other work gets a turn. */
  sliceMs: 8,
  /** The same for work whose steps take a millisecond or two. */
  workSliceMs: 5,
} as const
