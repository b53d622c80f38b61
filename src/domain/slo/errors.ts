/** The operating failures of the SLO engine. */
import { TenantryError, type ErrorRows } from '../../core/errors.ts'
import type { TenantId } from '../../core/ids.ts'
import { isoTime } from '../../core/time.ts'

export const SLO_ERRORS = {
  SLO_TARGET: {
    code: 'SLO_TARGET',
    status: 422,
    retryable: false,
    hint: 'Choose an objective above 0 and below 1000000 parts per million: at 100 % nothing may fail and every rate is infinite.',
  },
  SLO_BOOK_INVALID: {
    code: 'SLO_BOOK_INVALID',
    status: 422,
    retryable: false,
    hint: 'Correct the files; `tenantry validate -f DIR` checks them without a server.',
  },
  SLO_CORRECTION_LIMIT: {
    code: 'SLO_CORRECTION_LIMIT',
    status: 422,
    retryable: false,
    hint: 'Revoke corrections that are over, or make one that repeats of several.',
  },
  SLO_CORRECTION_SCOPE: {
    code: 'SLO_CORRECTION_SCOPE',
    status: 422,
    retryable: false,
    hint: 'Correct the SLOs whose events it counts: composites and roll-ups follow them.',
  },
  SLO_CORRECTION_NOT_FOUND: {
    code: 'SLO_CORRECTION_NOT_FOUND',
    status: 404,
    retryable: false,
    hint: 'See `tenantry slo correction list` for those that there are.',
  },
  SLO_GATE_OVERRIDE_SPAN: {
    code: 'SLO_GATE_OVERRIDE_SPAN',
    status: 422,
    retryable: false,
    hint: 'An override ends by itself within 7 days; what shall last longer is a change of the policy.',
  },
  SLO_GATE_OVERRIDE_LIMIT: {
    code: 'SLO_GATE_OVERRIDE_LIMIT',
    status: 422,
    retryable: false,
    hint: 'Revoke overrides that are needed no more.',
  },
  SLO_GATE_OVERRIDE_NOT_FOUND: {
    code: 'SLO_GATE_OVERRIDE_NOT_FOUND',
    status: 404,
    retryable: false,
    hint: 'See `tenantry slo gate overrides TENANT` for those that there are.',
  },
  SLO_POLICY_CURSOR: {
    code: 'SLO_POLICY_CURSOR',
    status: 400,
    retryable: false,
    hint: 'Pass the nextCursor of the page before, as it is.',
  },
  SLO_REVIEW_NOT_FOUND: {
    code: 'SLO_REVIEW_NOT_FOUND',
    status: 404,
    retryable: false,
    hint: 'See `tenantry slo review list` for those that there are.',
  },
  SLO_BACKFILL_NOT_FOUND: {
    code: 'SLO_BACKFILL_NOT_FOUND',
    status: 404,
    retryable: false,
    hint: 'See `tenantry slo backfill --list` for those that there are; begin a new one.',
  },
  SLO_BACKFILL_BEHIND: {
    code: 'SLO_BACKFILL_BEHIND',
    status: 409,
    retryable: true,
    hint: 'The server was started anew meanwhile. Begin the same load again: it goes on where it was.',
  },
  SLO_BACKFILL_NOT_WRITTEN: {
    code: 'SLO_BACKFILL_NOT_WRITTEN',
    status: 503,
    retryable: true,
    hint: 'See the log for why no checkpoint can be written, most often a full disk. Then begin the same load again: it goes on where it was.',
  },
  SLO_TRIAL_COUNTS: {
    code: 'SLO_TRIAL_COUNTS',
    status: 422,
    retryable: false,
    hint: 'Try the SLOs that it is made of: those count events of their own.',
  },
  SLO_RECOMPUTE_KIND: {
    code: 'SLO_RECOMPUTE_KIND',
    status: 422,
    retryable: false,
    hint: 'Only SLOs that count events of their own from signals have a past to count again.',
  },
  SLO_RECOMPUTE_CHANGED: {
    code: 'SLO_RECOMPUTE_CHANGED',
    status: 409,
    retryable: true,
    hint: 'Ask again: what was counted by then stays, and the rest is counted by what holds now.',
  },
  SLO_RECOMPUTE_NOT_WRITTEN: {
    code: 'SLO_RECOMPUTE_NOT_WRITTEN',
    status: 503,
    retryable: true,
    hint: 'See the log for why no checkpoint can be written, most often a full disk. Then ask again: what is counted already changes no more.',
  },
  SLO_NOT_FOUND: {
    code: 'SLO_NOT_FOUND',
    status: 404,
    retryable: false,
    hint: 'See `tenantry slo status` for the SLOs that there are.',
  },
  SLO_STATE_DAMAGED: {
    code: 'SLO_STATE_DAMAGED',
    status: 500,
    retryable: false,
    hint: 'Restore the bulk file from a backup, or delete the slo_ tables to begin with empty budgets.',
  },
} as const satisfies ErrorRows

export function correctionScope(why: string): TenantryError {
  return new TenantryError(SLO_ERRORS.SLO_CORRECTION_SCOPE, `correcting budgets: sloId: ${why}`, {
    details: { errors: [{ field: 'sloId', message: why }] },
  })
}

export function backfillBehind(readToMs: number): TenantryError {
  const message = `loading past counts: the server has them only up to ${isoTime(readToMs)}`
  return new TenantryError(SLO_ERRORS.SLO_BACKFILL_BEHIND, message, { details: { readToMs } })
}

export function backfillNotWritten(): TenantryError {
  const message = 'loading past counts: what was loaded could not be written to disk'
  return new TenantryError(SLO_ERRORS.SLO_BACKFILL_NOT_WRITTEN, message)
}

export function sloNotFound(tenantId: TenantId, sloId: string): TenantryError {
  const message = `reading an SLO: the tenant ${tenantId} has none called ${sloId}`
  return new TenantryError(SLO_ERRORS.SLO_NOT_FOUND, message)
}

export function recomputeKind(why: string): TenantryError {
  return new TenantryError(
    SLO_ERRORS.SLO_RECOMPUTE_KIND,
    `counting the past again: sloId: ${why}`,
    {
      details: { errors: [{ field: 'sloId', message: why }] },
    },
  )
}

export function recomputeNotWritten(): TenantryError {
  const message = 'counting the past again: what was counted could not be written to disk'
  return new TenantryError(SLO_ERRORS.SLO_RECOMPUTE_NOT_WRITTEN, message)
}
