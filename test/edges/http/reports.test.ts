/** Reviews over HTTP: made, listed, and written in every form. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openHttp, type HttpWorld } from './harness.ts'

let world: HttpWorld
let reviewId: string

beforeAll(async () => {
  world = await openHttp()
  const made = await world.ask('/api/v1/reports', {
    method: 'POST',
    key: world.operator,
    json: { tenantId: 'acme', span: 'month', zone: 'Europe/Berlin' },
  })
  reviewId = made.body.reviewId
})
afterAll(() => world.close())

const document = (format: string, more = '') =>
  fetch(`${world.url}/api/v1/reports/${reviewId}/document?format=${format}${more}`, {
    headers: { authorization: `Bearer ${world.operator}` },
  })

describe('a review', () => {
  it('is made of the last period that is over, in a zone', async () => {
    const { body } = await world.ask(`/api/v1/reports/${reviewId}`, { key: world.operator })
    expect(body).toMatchObject({
      reviewId,
      scope: 'tenant',
      scopeKey: 'acme',
      span: 'month',
      zone: 'Europe/Berlin',
      fromMs: Date.parse('2023-09-30T22:00:00Z'),
      toMs: Date.parse('2023-10-31T23:00:00Z'),
      title: 'SLO review of Acme, October 2023',
      isComplete: true,
    })
  })

  it.each([
    [
      'html',
      'text/html; charset=utf-8',
      'slo-review-acme-month-2023-10-01.html',
      '<!doctype html>',
    ],
    ['markdown', 'text/markdown; charset=utf-8', 'slo-review-acme-month-2023-10-01.md', '# SLO '],
    ['pdf', 'application/pdf', 'slo-review-acme-month-2023-10-01.pdf', '%PDF-'],
    [
      'csv',
      'text/csv; charset=utf-8; header=present',
      'slo-review-acme-month-2023-10-01.csv',
      'from,to,',
    ],
    [
      'csv-days',
      'text/csv; charset=utf-8; header=present',
      'slo-review-acme-month-2023-10-01-days.csv',
      'day,zone,',
    ],
    ['json', 'application/json', 'slo-review-acme-month-2023-10-01.json', '{"version":1'],
  ])('is written as %s', async (format, type, fileName, begin) => {
    const answer = await document(format)
    expect(answer.headers.get('content-type')).toBe(type)
    expect(answer.headers.get('content-disposition')).toBe(`inline; filename="${fileName}"`)
    expect((await answer.text()).startsWith(begin)).toBe(true)
  })

  it('is a file when it is to be saved', async () => {
    const answer = await document('csv', '&download=true')
    expect(answer.headers.get('content-disposition')).toMatch(/^attachment; /)
  })

  it('may be framed by the portal alone, and runs nothing', async () => {
    const answer = await document('html', '&theme=dark')
    expect(answer.headers.get('content-security-policy')).toBe(
      "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'self'",
    )
    expect(answer.headers.get('x-frame-options')).toBe('SAMEORIGIN')
    const other = await document('markdown')
    expect(other.headers.get('x-frame-options')).toBe('DENY')
  })

  it.each([
    [{ span: 'day' }, 'span'],
    [{ span: 'week', zone: 'Mars/Olympus' }, 'zone'],
    [{ span: 'week', tenantId: 'acme', tier: 'starter' }, 'tier'],
    [{ span: 'week', at: 'yesterday' }, 'at'],
  ])('is refused of %j', async (json, field) => {
    const answer = await world.ask('/api/v1/reports', { method: 'POST', key: world.operator, json })
    expect([answer.status, answer.text]).toEqual([400, expect.stringContaining(`"${field}"`)])
  })

  it('is one of many, newest period first', async () => {
    await world.ask('/api/v1/reports', {
      method: 'POST',
      key: world.operator,
      json: { tier: 'enterprise', span: 'week' },
    })
    const { body } = await world.ask('/api/v1/reports', { key: world.operator })
    expect(
      body.items.map(({ scope, span }: { scope: string; span: string }) => [scope, span]),
    ).toEqual([
      ['tier', 'week'],
      ['tenant', 'month'],
    ])
    const own = await world.ask('/api/v1/reports', { key: world.key('viewer', 'acme') })
    expect(own.body.items.map(({ scopeKey }: { scopeKey: string }) => scopeKey)).toEqual(['acme'])
  })
})
