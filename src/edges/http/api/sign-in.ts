/**
 * Signing in by link, and who one is. The link leads to a page that posts the token, so that a
 * program that only looks at links (a chat's preview) does not use it up.
 */
import { z } from 'zod'
import { TenantryError } from '../../../core/errors.ts'
import { SECOND_MS } from '../../../core/time.ts'
import {
  ACCESS_LIMITS,
  PERMISSION_NAMES,
  type Access,
  type Principal,
  type SignInResult,
} from '../../../domain/access/access.ts'
import { randomToken } from '../../../machinery/runtime/ids.ts'
import { htmlAnswer } from '../assets.ts'
import { sessionCookie } from '../auth.ts'
import { HTTP_ERRORS } from '../errors.ts'
import { escapeHtml, page } from '../html.ts'
import { defineRoute, json, noContent, type Answer, type Route } from '../route.ts'
import type { ApiDeps } from './parts.ts'
import { sessionSchema, type SessionBody } from './session.schema.ts'

const tokenSchema = z.string().max(200)

export function signInRoutes({ access }: ApiDeps): Route[] {
  return [
    defineRoute({
      method: 'POST',
      path: '/api/v1/sign-in-links',
      permission: 'sign-in:create',
      summary: 'Makes a link that signs an operator in to the portal, once, within 15 minutes.',
      status: 201,
      answer: z.object({ path: z.string(), expiresAtMs: z.number() }),
      handler: ({ principal, nowMs }) => {
        const token = access.createSignInLink(nowMs, principal)
        const expiresAtMs = nowMs + ACCESS_LIMITS.signInMs
        return json(201, { path: `/sign-in?token=${token}`, expiresAtMs })
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/sign-in',
      permission: 'public',
      summary: 'The page that a sign-in link leads to.',
      status: 200,
      query: z.strictObject({ token: tokenSchema.default('') }),
      handler: ({ query }) => signInPage(query.token),
    }),
    defineRoute({
      method: 'POST',
      path: '/api/v1/sign-in',
      permission: 'public',
      summary: 'Turns the token of a sign-in link into a session cookie.',
      status: 200,
      body: z.strictObject({ token: tokenSchema }),
      answer: sessionSchema,
      takesForm: true,
      handler: ({ body, header, nowMs }) => {
        const isForm = (header('content-type') ?? '').includes('form')
        const result = access.redeemSignIn(body.token, nowMs)
        if (!result.ok) return refusal(result.reason, isForm)
        const cookie = sessionCookie(result.secret, ACCESS_LIMITS.sessionMs / SECOND_MS)
        const headers = { 'set-cookie': cookie }
        if (isForm) return { status: 303, headers: { ...headers, location: '/' } }
        return json(200, sessionOf(access, result.principal), headers)
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/v1/session',
      permission: 'session:own',
      summary: 'Tells who asks.',
      status: 200,
      answer: sessionSchema,
      handler: ({ principal }) => json(200, sessionOf(access, principal)),
    }),
    defineRoute({
      method: 'DELETE',
      path: '/api/v1/session',
      permission: 'session:own',
      summary: 'Signs out.',
      status: 204,
      handler: ({ principal, nowMs }) => {
        access.endSession(principal, nowMs)
        return noContent({ 'set-cookie': sessionCookie('', 0) })
      },
    }),
  ]
}

function sessionOf(access: Access, principal: Principal): SessionBody {
  const { name, role, tenantId } = principal
  const permissions = PERMISSION_NAMES.filter((permission) => access.holds(principal, permission))
  return { name, role, tenantId, permissions }
}

type RefusalReason = Extract<SignInResult, { ok: false }>['reason']

const REASONS: Readonly<Record<RefusalReason, string>> = {
  unknown: 'This link is not known here.',
  used: 'This link was used already.',
  expired: 'This link is older than 15 minutes.',
}

function refusal(reason: RefusalReason, isForm: boolean): Answer {
  if (!isForm) throw new TenantryError(HTTP_ERRORS.signInRefused, `signing in: ${REASONS[reason]}`)
  const nonce = randomToken(16)
  const body = `<p>${REASONS[reason]}</p><p>Run this where Tenantry runs, and open the link it prints:</p>
    <pre>npx tenantry sign-in</pre>`
  return htmlAnswer(401, page({ title: 'Not signed in', body, nonce }), nonce)
}

function signInPage(token: string): Answer {
  const nonce = randomToken(16)
  const body = `<form id="form" method="post" action="/api/v1/sign-in">
      <input type="hidden" name="token" value="${escapeHtml(token)}">
      <button>Sign in</button>
    </form>
    <script nonce="${nonce}">document.getElementById('form').submit()</script>`
  return htmlAnswer(200, page({ title: 'Sign in', body, nonce }), nonce)
}
