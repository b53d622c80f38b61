/** Reading what is told: Alertmanager's API v2 and its webhook, version 4. */
import { describe, expect, it } from 'vitest'
import { FOREIGN_LIMITS } from '../../../../src/domain/incidents/foreign/limits.ts'
import {
  fingerprintOf,
  readPosting,
  readWebhook,
} from '../../../../src/domain/incidents/foreign/told-alert.ts'

const NOW = Date.UTC(2026, 5, 1, 12)
const iso = (ms: number): string => new Date(ms).toISOString()
const posted = (part: object): object => ({ labels: { alertname: 'Down' }, ...part })

describe('a posting', () => {
  it('is read with the times that Alertmanager gives where they lack', () => {
    const [bare, ending] = readPosting(
      [posted({}), posted({ endsAt: iso(NOW - 60_000) })],
      NOW,
    ).alerts
    expect(bare).toMatchObject({
      startsAtMs: NOW,
      endsAtMs: NOW + FOREIGN_LIMITS.resolveTimeoutMs,
      isEndGiven: false,
    })
    expect(ending).toMatchObject({ startsAtMs: NOW - 60_000, endsAtMs: NOW - 60_000 })
  })

  it('takes the year 1 for a time that is not known, and offsets of zones', () => {
    const [alert] = readPosting(
      [posted({ startsAt: '2026-06-01T13:00:00.123456789+02:00', endsAt: '0001-01-01T00:00:00Z' })],
      NOW,
    ).alerts
    expect(alert).toMatchObject({ startsAtMs: NOW - 3_600_000 + 123, isEndGiven: false })
  })

  it('keeps the good ones, and names place and field of the others', () => {
    const { alerts, problems } = readPosting(
      [
        posted({ startsAt: 'yesterday' }),
        posted({}),
        { labels: {} },
        posted({ labels: { a: 1 } }),
        posted({ startsAt: iso(NOW), endsAt: iso(NOW - 1) }),
        'text',
        posted({
          labels: Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`l${i}`, 'x'])),
        }),
        posted({ annotations: { summary: 'x'.repeat(40_000) } }),
      ],
      NOW,
    )
    expect(alerts.map(({ place }) => place)).toEqual([1])
    expect(problems.map(({ place, field }) => [place, field])).toEqual([
      [0, 'startsAt'],
      [2, 'labels'],
      [3, 'labels.a'],
      [4, 'endsAt'],
      [5, ''],
      [6, 'labels'],
      [7, 'annotations'],
    ])
  })

  it('is refused whole where it is no list', () => {
    expect(() => readPosting({ alerts: [] }, NOW)).toThrow('expected a list of alerts')
  })

  it('has no label with an empty value', () => {
    const [alert] = readPosting([posted({ labels: { alertname: 'Down', gone: '' } })], NOW).alerts
    expect(alert!.labels).toEqual({ alertname: 'Down' })
  })
})

describe('a webhook', () => {
  const webhook = (alerts: object[], more: object = {}): object => ({
    version: '4',
    groupKey: '{}:{}',
    status: 'firing',
    receiver: 'tenantry',
    alerts,
    ...more,
  })

  it('says by its status whether an alert is over, whatever its times say', () => {
    const { alerts, truncated } = readWebhook(
      webhook(
        [
          posted({ status: 'firing', startsAt: iso(NOW - 9_000), endsAt: '0001-01-01T00:00:00Z' }),
          posted({ status: 'resolved', startsAt: iso(NOW - 9_000), endsAt: iso(NOW - 1_000) }),
          posted({ status: 'resolved', startsAt: iso(NOW - 9_000) }),
        ],
        { truncatedAlerts: 7 },
      ),
      NOW,
    )
    expect(alerts.map(({ endsAtMs }) => endsAtMs - NOW)).toEqual([12 * 3_600_000, -1_000, 0])
    expect(truncated).toBe(7)
  })

  it('of another version, or of something else, is refused', () => {
    expect(() => readWebhook({ ...webhook([]), version: '3' }, NOW)).toThrow('of the webhook')
    expect(() => readWebhook([], NOW)).toThrow('expected object')
  })
})

describe('a fingerprint', () => {
  it('goes by labels alone, in any order, without those of replicas', () => {
    const one = fingerprintOf({ a: '1', b: '2', replica: 'x' }, ['replica'])
    expect(fingerprintOf({ b: '2', replica: 'y', a: '1' }, ['replica'])).toBe(one)
    expect(fingerprintOf({ a: '1', b: '3' }, ['replica'])).not.toBe(one)
    expect(fingerprintOf({ a: '1","b":"2' }, [])).not.toBe(fingerprintOf({ a: '1', b: '2' }, []))
  })
})
