/** What is said about load tests. Pure. */
import type { LoadTestBody } from '../../http/api/load-tests.schema.ts'
import { formatCount, formatRate } from '../format/format.ts'
import type { Tone } from '../format/slo-condition.ts'
import { formatMoment } from '../format/time.ts'
import type { IconName } from '../ui/icon-paths.ts'

export interface Told {
  readonly tone: Tone
  readonly icon: IconName
  readonly text: string
}

/** Says whether promises were kept under load. */
export function verdictTold({
  verdict,
  thresholds,
  missed,
}: Pick<LoadTestBody, 'verdict' | 'thresholds' | 'missed'>): Told {
  switch (verdict) {
    case 'kept':
      return { tone: 'good', icon: 'check', text: `All ${formatCount(thresholds)} kept` }
    case 'missed': {
      const text = `${formatCount(missed)} of ${formatCount(thresholds)} not kept`
      return { tone: 'bad', icon: 'spent', text }
    }
    case 'unclear':
      return { tone: 'warning', icon: 'question', text: 'Unclear: the generator was too slow' }
  }
}

/** Names a run. Worked: "Throughput, steady". */
export function nameOf({ test, shape }: Pick<LoadTestBody, 'test' | 'shape'>): string {
  const words = test.replaceAll('-', ' ').replace(/^api\b/, 'API')
  return `${words[0]?.toUpperCase() ?? ''}${words.slice(1)}, ${shape}`
}

/** Tells the newest run in a sentence. */
export function loadTestsTold(newest: LoadTestBody | undefined): Told {
  if (newest === undefined) {
    return { tone: 'quiet', icon: 'gauge', text: 'No load test is on record' }
  }
  const { tone, icon } = verdictTold(newest)
  const { tenants, achievedPerSecond, thresholds, missed, verdict } = newest
  const whom = tenants.length === 1 ? tenants[0]! : `${formatCount(tenants.length)} tenants`
  const came = {
    kept: `kept all ${formatCount(thresholds)} promises`,
    missed: `missed ${formatCount(missed)} of ${formatCount(thresholds)} promises`,
    unclear: 'says nothing: its generator was too slow',
  }[verdict]
  const text = `The newest load test, ${formatRate(achievedPerSecond)} for ${whom}, ${came}`
  return { tone, icon, text }
}

/** Says how much of the asked rate came to be. Worked: "1,000 of 1,000 /s". */
export function rateTold({
  askedPerSecond,
  achievedPerSecond,
}: Pick<LoadTestBody, 'askedPerSecond' | 'achievedPerSecond'>): string {
  return `${formatCount(achievedPerSecond)} of ${formatCount(askedPerSecond)}\u202f/s`
}

/** Says a threshold of k6 in words. Worked: `http_req_failed{tenant:acme,phase:measured}
 *  rate<0.001` -> "acme: fewer than 0.1 % of requests fail". */
export function thresholdTold(threshold: string): string {
  const [, metric = '', tags = '', condition = ''] =
    /^(\w+)(?:{(.*)})? (\S+)$/.exec(threshold) ?? []
  const who = /(?:tenant:|scenario:measured_)([^,]*)/.exec(tags)?.[1]
  const limit = Number(/[<>=]+(.*)$/.exec(condition)?.[1])
  const words: Readonly<Record<string, string>> = {
    http_req_failed: `fewer than ${Number((100 * limit).toPrecision(6))} % of requests fail`,
    http_req_duration: `${/^p\((.*)\)/.exec(condition)?.[1] ?? ''} % of requests are answered within ${limit} ms`,
    http_reqs: 'requests are sent',
    iterations: `at least ${formatCount(limit)} requests are sent in time`,
    dropped_iterations: 'no request is left out',
  }
  const said = words[metric] ?? threshold
  return who === undefined ? said : `${who}: ${said}`
}

/** A run's span as a chart marks it. */
export interface LoadSpan {
  readonly fromMs: number
  readonly toMs: number
}

export function loadSpans(tests: readonly LoadTestBody[]): LoadSpan[] {
  return tests.map(({ startedAtMs, endedAtMs }) => ({ fromMs: startedAtMs, toMs: endedAtMs }))
}

const TOLD = 4

/** Tells load tests under a chart. Null for none. */
export function loadTestsInWords(tests: readonly LoadTestBody[]): string | null {
  if (tests.length === 0) return null
  const told = tests
    .slice(0, TOLD)
    .map((test) => `${nameOf(test)} at ${formatMoment(test.startedAtMs)}`)
  const more = tests.length - told.length
  return `Load tests: ${told.join('; ')}${more > 0 ? `; and ${formatCount(more)} more` : ''}`
}
