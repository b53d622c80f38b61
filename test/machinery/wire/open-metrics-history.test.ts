import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openHistoryReader } from '../../../src/machinery/wire/open-metrics-history.ts'

const HISTORY = `# TYPE http_requests counter
# HELP http_requests What came.
http_requests_total{code="200",tenant="ü"} 1 10
http_requests_total{code="200",tenant="ü"} 5 20.5 # {trace_id="4bf9"} 1 20.1
http_requests_created{code="200",tenant="ü"} 3.25 20.5
http_requests_total{code="500",tenant="ü"} 1e2 10
# TYPE wait_seconds histogram
wait_seconds_bucket{le="1.0"} 3 10
wait_seconds_count 3 10
bare{a="\\" \\n"} NaN -1.5
http_requests_total{code="200",tenant="ü"} 7 30
# EOF
`

/** Reads a history in pieces of the given lengths. Shape: what was told, in order. */
function told(text: string, lengths: readonly number[] = []): unknown[] {
  const calls: unknown[] = []
  let series = 0
  const reader = openHistoryReader({
    define(labels, metric) {
      calls.push(['define', Object.fromEntries(labels.map((l) => [l.name, l.value])), metric])
      return series++
    },
    sample: (...sample) => void calls.push(['sample', ...sample]),
    start: (...start) => void calls.push(['start', ...start]),
  })
  const bytes = Buffer.from(text)
  let at = 0
  for (const length of lengths) {
    reader.push(bytes.subarray(at, at + length))
    at = Math.min(bytes.length, at + length)
  }
  reader.push(bytes.subarray(at))
  reader.end()
  return calls
}

const refusal = (text: string): string => {
  try {
    told(text)
  } catch (error) {
    return (error as Error).message
  }
  throw new Error('was read')
}

describe('a history in OpenMetrics', () => {
  it('tells series, samples in milliseconds, and what says when a metric began', () => {
    expect(told(HISTORY)).toEqual([
      ['define', { __name__: 'http_requests_total', code: '200', tenant: 'ü' }, 0],
      ['sample', 0, 1, 10_000],
      ['sample', 0, 5, 20_500],
      ['start', 0, 3_250, 20_500],
      ['define', { __name__: 'http_requests_total', code: '500', tenant: 'ü' }, 1],
      ['sample', 1, 100, 10_000],
      ['define', { __name__: 'wait_seconds_bucket', le: '1.0' }, 2],
      ['sample', 2, 3, 10_000],
      ['define', { __name__: 'wait_seconds_count' }, 2],
      ['sample', 3, 3, 10_000],
      ['define', { __name__: 'bare', a: '" \n' }, -1],
      ['sample', 4, NaN, -1_500],
      ['sample', 0, 7, 30_000],
    ])
  })

  it('takes what is called _created for a series where no type says that it is a start', () => {
    expect(told('jobs_created{a="b"} 4 1\n# EOF\n')).toEqual([
      ['define', { __name__: 'jobs_created', a: 'b' }, -1],
      ['sample', 0, 4, 1_000],
    ])
  })

  it('is read alike in whatever pieces it comes, and without a line feed at the end', () => {
    const whole = told(HISTORY)
    expect(told(HISTORY.trimEnd())).toEqual(whole)
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 90 })), (lengths) => {
        expect(told(HISTORY, lengths)).toEqual(whole)
      }),
    )
  })

  it.each([
    [
      'a 1\n# EOF\n',
      'line 1, column 4: expected a timestamp, which every sample of a history has, not the end of the line',
    ],
    [
      'a 1 2\nb{c="d} 1 2\n# EOF\n',
      'line 2, column 12: expected a double quote that ends a label value, not the end of the line',
    ],
    ['a 1 2\na x 3\n# EOF\n', 'line 2, column 3: expected a number, not "x"'],
    ['a 1 NaN\n# EOF\n', 'line 1, column 5: expected a timestamp in seconds, not "NaN"'],
    ['a 1 2 3\n# EOF\n', 'line 1, column 6: expected the end of the line, not " 3"'],
    ['a 1 2\n', 'line 2: expected "# EOF": the text was cut'],
    ['a 1 2\n# EOF\na 1 3\n', 'line 3, column 1: expected nothing behind "# EOF", not "a"'],
    ['a 1 2\n\n# EOF\n', 'line 2, column 1: expected a metric name, not the end of the line'],
    ['# TYPE a number\n# EOF\n', 'line 1, column 1: number is no type of metrics'],
    [
      '# A word\n# EOF\n',
      'line 1, column 1: expected "# HELP", "# TYPE", "# UNIT" or "# EOF", not "#"',
    ],
  ])('refuses %j', (text, message) => {
    expect(refusal(text)).toBe(message)
  })

  it('counts lines over pieces', () => {
    const lines = Array.from({ length: 50 }, (_, i) => `a ${i} ${i}\n`).join('')
    expect(() => told(`${lines}a 1\n# EOF\n`, [7, 30, 41, 100])).toThrow('line 51, column 4')
  })

  it('refuses a line that has no end', () => {
    expect(() => told('a'.repeat((1 << 20) + 1))).toThrow('line 1: is longer than 1048576 bytes')
  })
})
