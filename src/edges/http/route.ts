/**
 * A route is a row: method, path, permission, schemas and a handler. The server does the rest alike
 * for all of them: who asks, whether they may, whether what they sent is right. A row without a
 * permission cannot be written.
 */
import type { z } from 'zod'
import type { Permission, Principal } from '../../domain/access/access.ts'
import { checked } from './checked.ts'

export const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const
export type Method = (typeof METHODS)[number]

export interface Answer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  /** The body as text, with its media type. */
  readonly type?: string
  readonly text?: string
  /** In place of a text. */
  readonly bytes?: Uint8Array<ArrayBuffer>
  /**
   * In place of a text: a body that goes on until its source ends or the call's signal is given.
   */
  readonly stream?: ReadableStream<Uint8Array>
}

/** What is common to every call of a route. */
export interface CallFacts {
  /** Who asks. For a public route possibly nobody. */
  readonly principal: Principal
  readonly nowMs: number
  readonly requestId: string
  /** Reads a header, named in lower case. */
  readonly header: (name: string) => string | undefined
  /** Given when the asker has gone, or the server is about to. */
  readonly signal: AbortSignal
}

export interface RouteContext<Params, Query, Body> extends CallFacts {
  readonly params: Params
  readonly query: Query
  readonly body: Body
}

/** A call before its parts are checked. */
export interface RouteCall extends CallFacts {
  readonly params: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string>>
  readonly body: unknown
}

export interface RouteFacts {
  readonly method: Method
  /**
   * In Hono's syntax. A parameter called `tenantId` is held against the asker's tenant before the
   * handler is called.
   */
  readonly path: string
  readonly permission: Permission | 'public'
  /** One line for the documentation: what it does. */
  readonly summary: string
  /** Of the answer where all is well. */
  readonly status: 200 | 201 | 204 | 303
  readonly answer?: z.ZodType
  /**
   * Takes an Idempotency-Key. The handler must not wait: it runs within the transaction that keeps
   * its answer.
   */
  readonly idempotent?: boolean
  /** Also takes a form, as a page without a script sends it. */
  readonly takesForm?: boolean
  /** The most that its body may have, where that is not the usual limit. */
  readonly bodyBytes?: number
}

export interface RouteRow<Params, Query, Body> extends RouteFacts {
  readonly params?: z.ZodType<Params>
  readonly query?: z.ZodType<Query>
  readonly body?: z.ZodType<Body>
  readonly handler: (context: RouteContext<Params, Query, Body>) => Answer | Promise<Answer>
}

export interface Route extends RouteFacts {
  readonly params?: z.ZodType
  readonly query?: z.ZodType
  readonly body?: z.ZodType
  /** Checks the parts of a call and hands them to the handler. Throws REQUEST_INVALID. */
  readonly handle: (call: RouteCall) => Answer | Promise<Answer>
}

/** Makes a route of a row. */
export function defineRoute<Params = unknown, Query = unknown, Body = unknown>(
  row: RouteRow<Params, Query, Body>,
): Route {
  const { handler, ...facts } = row
  return {
    ...facts,
    handle: (call) =>
      handler({
        ...call,
        params: checked(row.params, call.params, 'the path'),
        query: checked(row.query, call.query, 'the query'),
        body: checked(row.body, call.body, 'the body'),
      }),
  }
}

export function json(
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return { status, headers, type: 'application/json', text: JSON.stringify(value) }
}

export function noContent(headers: Readonly<Record<string, string>> = {}): Answer {
  return { status: 204, headers }
}
