import { describe, expect, it } from 'vitest'
import type { ScrapeTargetBody } from '../../../src/edges/http/api/scrape.schema.ts'
import { byNeed, targetsVerdict } from '../../../src/edges/portal/collector/targets-verdict.ts'

const targets = (...healths: ScrapeTargetBody['health'][]): ScrapeTargetBody[] =>
  healths.map((health, index) => ({
    job: 'app',
    url: `http://10.0.0.${String(index)}/metrics`,
    labels: {},
    health,
    lastScrapeAtMs: null,
    lastDurationSeconds: null,
    lastError: null,
    samplesScraped: 0,
    samplesKept: 0,
  }))

describe('the targets in words', () => {
  it.each([
    [targets('up'), 'The one target is up', 'good'],
    [targets('up', 'up'), 'All 2 targets are up', 'good'],
    [targets('down'), 'The one target is down', 'warning'],
    [targets('up', 'down'), '1 of 2 targets is down', 'warning'],
    [targets('down', 'unknown', 'down'), '2 of 3 targets are down', 'warning'],
    [targets('up', 'unknown'), '1 target was not scraped yet', 'quiet'],
    [targets('unknown', 'unknown'), '2 targets were not scraped yet', 'quiet'],
  ])('of %j', (given, sentence, tone) => {
    expect(targetsVerdict(given, 0)).toEqual({ sentence, tone })
  })

  it('say that not all is as configured, unless something is worse', () => {
    const sentence = 'Not everything is scraped as configured'
    expect(targetsVerdict(targets('up'), 1)).toEqual({ sentence, tone: 'warning' })
    expect(targetsVerdict([], 2).sentence).toBe(sentence)
    expect(targetsVerdict(targets('up', 'down'), 1).sentence).toBe('1 of 2 targets is down')
  })

  it('stand with those first that are down', () => {
    const order = byNeed(targets('up', 'down', 'unknown', 'up')).map(({ health }) => health)
    expect(order).toEqual(['down', 'unknown', 'up', 'up'])
  })
})
