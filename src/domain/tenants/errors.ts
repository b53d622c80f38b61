import type { ErrorRows } from '../../core/errors.ts'

export const TENANT_ERRORS = {
  notFound: {
    code: 'TENANT_NOT_FOUND',
    status: 404,
    retryable: false,
    hint: 'See `tenantry tenant list` for the tenants there are.',
  },
  invalid: {
    code: 'TENANT_INVALID',
    status: 400,
    retryable: false,
    hint: 'Correct the named fields and send the request again. Nothing was changed.',
  },
  exists: {
    code: 'TENANT_EXISTS',
    status: 409,
    retryable: false,
    hint: 'Take another id, or change the tenant that has it.',
  },
  aliasTaken: {
    code: 'TENANT_ALIAS_TAKEN',
    status: 409,
    retryable: false,
    hint: 'A reported name means one tenant: take the alias away from the other one first.',
  },
  changed: {
    code: 'TENANT_CHANGED',
    status: 409,
    retryable: true,
    hint: 'Read the tenant again, look at what changed, and repeat the change with its new generation.',
  },
  limit: {
    code: 'TENANT_LIMIT',
    status: 409,
    retryable: false,
    hint: 'This installation is full. Run another one.',
  },
  deployInvalid: {
    code: 'DEPLOY_INVALID',
    status: 400,
    retryable: false,
    hint: 'Correct the named fields and send the event again. Nothing was recorded.',
  },
  deployChanged: {
    code: 'DEPLOY_CHANGED',
    status: 409,
    retryable: false,
    hint: 'Give every deploy an id of its own: what was recorded under this one stays.',
  },
  rollOutNotFound: {
    code: 'ROLL_OUT_NOT_FOUND',
    status: 404,
    retryable: false,
    hint: '`tenantry artefacts` lists the roll-outs that are kept.',
  },
  cursor: {
    code: 'TENANT_CURSOR',
    status: 400,
    retryable: false,
    hint: 'Pass the nextCursor of the page before unchanged, or none for the first page.',
  },
} as const satisfies ErrorRows
