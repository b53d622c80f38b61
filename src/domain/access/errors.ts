import type { ErrorRows } from '../../core/errors.ts'

export const ACCESS_ERRORS = {
  keyInvalid: {
    code: 'KEY_INVALID',
    status: 400,
    retryable: false,
    hint: 'A key of role operator is bound to no tenant, one of tenant-admin to one; viewer and collector may be either.',
  },
  keyLimit: {
    code: 'KEY_LIMIT',
    status: 409,
    retryable: false,
    hint: 'Revoke keys that are not used any more.',
  },
  keyHandOn: {
    code: 'KEY_HAND_ON',
    status: 403,
    retryable: false,
    hint: 'A key can be given no more than its giver holds. Ask an operator.',
  },
  bootstrapKeyWeak: {
    code: 'BOOTSTRAP_KEY_WEAK',
    status: 400,
    retryable: false,
    hint: 'Make one with 24 random bytes as base64url, such as `openssl rand -base64 24 | tr +/ -_`.',
  },
  idempotencyKeyReused: {
    code: 'IDEMPOTENCY_KEY_REUSED',
    status: 422,
    retryable: false,
    hint: 'Send another Idempotency-Key for another request.',
  },
  auditCursor: {
    code: 'AUDIT_CURSOR',
    status: 400,
    retryable: false,
    hint: 'Pass the nextCursor of the page before unchanged, or none for the first page.',
  },
} as const satisfies ErrorRows
