/**
 * A route that reads its body from the socket itself, for ingest and for answers too large to build
 * in memory. Other routes are rows of `edges/http/api`. It lives here because the edge that makes
 * it (ingest) and the edge that serves it (http) do not import each other.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'

export interface RawRoute<Principal> {
  readonly method: 'GET' | 'POST'
  readonly paths: readonly string[]
  readonly permission: string
  /** Answers the request whole, refusals included. Called only with a principal that holds the
   *  permission. */
  readonly handle: (
    request: IncomingMessage,
    response: ServerResponse,
    principal: Principal,
  ) => Promise<void>
  /** Answers a refusal (401, 403, 405) in the protocol's own error format. */
  readonly refuse: (
    request: IncomingMessage,
    response: ServerResponse,
    status: 401 | 403 | 405,
    message: string,
  ) => void
}
