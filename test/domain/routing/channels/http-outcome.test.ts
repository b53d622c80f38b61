import { describe, expect, it } from 'vitest'
import { TenantryError } from '../../../../src/core/errors.ts'
import {
  outcomeOfError,
  outcomeOfResponse,
  readRetryAfterMs,
} from '../../../../src/domain/routing/channels/http-outcome.ts'

const NOW = Date.UTC(2026, 0, 1, 12, 0, 0)
const kindOf = (status: number): string =>
  outcomeOfResponse({ status, headers: {}, body: '', isCut: false }, NOW).kind

describe('outcomeOfResponse', () => {
  it('takes only 2xx for success', () => {
    expect([200, 201, 202, 204, 299].map(kindOf)).toEqual(Array(5).fill('delivered'))
    expect([301, 302, 307, 400, 401, 403, 404, 410, 422].map(kindOf)).toEqual(
      Array(9).fill('permanent'),
    )
    expect([408, 425, 500, 502, 503, 504].map(kindOf)).toEqual(Array(6).fill('transient'))
    expect(kindOf(429)).toBe('throttled')
  })

  it('keeps the pause asked for and the beginning of the body', () => {
    const response = {
      status: 503,
      headers: { 'retry-after': '7' },
      body: '  over\n capacity ',
      isCut: false,
    }
    expect(outcomeOfResponse(response, NOW)).toEqual({
      kind: 'transient',
      status: 503,
      error: 'status 503: over capacity',
      retryAfterMs: 7_000,
    })
  })
})

describe('readRetryAfterMs', () => {
  it('reads seconds and dates, and nothing else', () => {
    expect(readRetryAfterMs('120', NOW)).toBe(120_000)
    expect(readRetryAfterMs('Thu, 01 Jan 2026 12:00:30 GMT', NOW)).toBe(30_000)
    expect(readRetryAfterMs('Thu, 01 Jan 2026 11:00:00 GMT', NOW)).toBe(0)
    for (const text of ['-5', '1.5', 'soon', 'in 2026', '', undefined]) {
      expect(readRetryAfterMs(text, NOW)).toBeNull()
    }
  })
})

describe('outcomeOfError', () => {
  it('gives up only what is known to be hopeless', () => {
    const row = { code: 'OUTBOUND_X', status: 502, hint: '' }
    const refused = new TenantryError({ ...row, retryable: false }, 'address refused')
    const timedOut = new TenantryError({ ...row, retryable: true }, 'no answer in 10 s')
    expect(outcomeOfError(refused).kind).toBe('permanent')
    expect(outcomeOfError(timedOut)).toMatchObject({
      kind: 'transient',
      error: 'no answer in 10 s',
    })
    expect(outcomeOfError(new Error('socket hang up')).kind).toBe('transient')
  })
})
