import type { ErrorRows } from '../../core/errors.ts'

export const HTTP_ERRORS = {
  portTaken: {
    code: 'PORT_TAKEN',
    status: 503,
    retryable: true,
    hint: 'Another program listens there, maybe another Tenantry. Stop it, or name another port with --port; --port 0 takes a free one.',
  },
  portForbidden: {
    code: 'PORT_FORBIDDEN',
    status: 503,
    retryable: false,
    hint: 'Ports below 1024 need special rights. Name another one with --port.',
  },
  hostUnknown: {
    code: 'HOST_UNKNOWN',
    status: 503,
    retryable: false,
    hint: 'Name an address of this machine with --host: 127.0.0.1 for this machine only, 0.0.0.0 for every network it is in.',
  },
  unauthenticated: {
    code: 'UNAUTHENTICATED',
    status: 401,
    retryable: false,
    hint: 'Send a key as `Authorization: Bearer KEY` or `X-API-Key: KEY`, or sign in with the link that `tenantry sign-in` prints.',
  },
  forbidden: {
    code: 'FORBIDDEN',
    status: 403,
    retryable: false,
    hint: 'Use a key whose role holds the permission. `tenantry key create` makes one.',
  },
  crossOrigin: {
    code: 'CROSS_ORIGIN',
    status: 403,
    retryable: false,
    hint: 'Changes by cookie are taken only from the portal itself. Programs send a key instead.',
  },
  notFound: {
    code: 'NOT_FOUND',
    status: 404,
    retryable: false,
    hint: 'See /api/docs for what there is.',
  },
  methodNotAllowed: {
    code: 'METHOD_NOT_ALLOWED',
    status: 405,
    retryable: false,
    hint: 'See the Allow header, and /api/docs.',
  },
  bodyTooLarge: {
    code: 'BODY_TOO_LARGE',
    status: 413,
    retryable: false,
    hint: 'Send less in one request.',
  },
  mediaType: {
    code: 'MEDIA_TYPE',
    status: 415,
    retryable: false,
    hint: 'Send JSON as UTF-8, not compressed, with `Content-Type: application/json`.',
  },
  jsonInvalid: {
    code: 'JSON_INVALID',
    status: 400,
    retryable: false,
    hint: 'Correct the JSON at the place named.',
  },
  requestInvalid: {
    code: 'REQUEST_INVALID',
    status: 400,
    retryable: false,
    hint: 'Correct the fields named and send the request again. Nothing was changed.',
  },
  signInRefused: {
    code: 'SIGN_IN_REFUSED',
    status: 401,
    retryable: false,
    hint: 'A link works once, within 15 minutes. `tenantry sign-in` prints another.',
  },
  tooManyLiveClients: {
    code: 'LIVE_LIMIT',
    status: 503,
    retryable: true,
    hint: 'Too many pages are open. Close some, or ask again later.',
  },
  stopping: {
    code: 'STOPPING',
    status: 503,
    retryable: true,
    hint: 'Ask again when it has started.',
  },
  internal: {
    code: 'INTERNAL',
    status: 500,
    retryable: true,
    hint: 'This is a defect. The log of the server tells more under the request id.',
  },
} as const satisfies ErrorRows
