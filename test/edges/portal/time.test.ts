import { describe, expect, it } from 'vitest'
import {
  formatInstant,
  formatMoment,
  formatRelative,
  formatShortSpan,
  formatSpan,
  formatTimeOfDay,
} from '../../../src/edges/portal/format/time.ts'

const plain = (text: string): string => text.replaceAll('\u202f', ' ')
const NOW = Date.UTC(2026, 10, 24, 10, 41, 5)

describe('spans', () => {
  it.each([
    [0, '0 s', '0 s'],
    [45, '45 s', '45 s'],
    [90, '1 min 30 s', '1 min'],
    [600, '10 min', '10 min'],
    [15_000, '4 h 10 min', '4 h'],
    [86_400 + 7200, '1 d 2 h', '1 d'],
    [2_592_000, '30 d', '30 d'],
    [null, '–', '–'],
  ])('writes %s s as %s, short as %s', (seconds, long, short) => {
    expect(plain(formatSpan(seconds))).toBe(long)
    expect(plain(formatShortSpan(seconds))).toBe(short)
  })
})

describe('instants', () => {
  it.each([
    [NOW, 'just now'],
    [NOW - 3000, '3 s ago'],
    [NOW - 12 * 60_000, '12 min ago'],
    [NOW + 5 * 60_000, 'in 5 min'],
  ])('writes %s relative to now as %s', (atMs, text) => {
    expect(plain(formatRelative(atMs, NOW))).toBe(text)
  })

  it('writes a moment without year, seconds and zone', () => {
    expect(formatMoment(NOW, 'UTC')).toBe('24 Nov, 10:41')
  })

  it('writes the absolute time with its zone', () => {
    expect(formatInstant(NOW, 'UTC')).toBe('24 Nov 2026, 10:41:05 UTC')
    expect(formatInstant(NOW, 'Europe/Berlin')).toContain('11:41:05')
    expect(formatTimeOfDay(NOW, 'UTC')).toBe('10:41:05')
  })
})
