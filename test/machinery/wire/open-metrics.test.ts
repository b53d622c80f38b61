import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openOpenMetricsReader } from '../../../src/machinery/wire/open-metrics.ts'
import { readOpenMetrics, told } from './exposition-told.ts'
import { readOrRefuse } from './read-or-refuse.ts'

const PAGE = `# TYPE boiler_starts counter
# HELP boiler_starts How often it started.
boiler_starts_total{plant="north"} 17 1395066363.25 # {trace_id="4bf9"} 1 1395066363.2
boiler_starts_created{plant="north"} 1395000000 1395066363.25
# TYPE wait_seconds histogram
# UNIT wait_seconds seconds
wait_seconds_bucket{le="0.5"} 2 # {} 0.25
wait_seconds_bucket{le="1.0"} 3
wait_seconds_bucket{le="+Inf"} 3
wait_seconds_count 3
wait_seconds_sum 1.75
# TYPE build info
build_info{version="1.2"} 1
# TYPE mode stateset
mode{mode="heat"} 1
mode{mode="off"} 0
# TYPE depth summary
depth{quantile="0.5"} 3
depth_count 8
depth_sum 20.5
# TYPE queue gaugehistogram
queue_bucket{le="-1.0"} 1
queue_bucket{le="+Inf"} 4
queue_gcount 4
queue_gsum -3
bare{a="\\\\ \\" \\n \\t"} 5
{"température","lieu exact"="cave"} 12.5
# EOF
`

const page = (lines: string): string => `${lines}\n# EOF\n`

describe('OpenMetrics text', () => {
  it('is read with every type', () => {
    const read = readOpenMetrics(PAGE)
    expect(read.samples.slice(0, 3)).toEqual([
      ['__name__=boiler_starts_total,plant=north', 17, 1_395_066_363_250],
      ['__name__=wait_seconds_bucket,le=0.5', 2, null],
      ['__name__=wait_seconds_bucket,le=1.0', 3, null],
    ])
    expect(read.samples).toHaveLength(18)
    expect(read.samples.at(-2)).toEqual(['__name__=bare,a=\\ " \n \\t', 5, null])
    expect(read.samples.at(-1)).toEqual(['__name__=température,lieu exact=cave', 12.5, null])
    expect(read.starts).toEqual({
      '__name__=boiler_starts_total,plant=north': 1_395_000_000_000,
    })
    expect(read.exemplars).toEqual([
      ['trace_id=4bf9', 1, 1_395_066_363_200],
      ['', 0.25, null],
    ])
  })

  it('is read alike when its lines are known', () => {
    const reader = openOpenMetricsReader()
    const first = told(reader, PAGE)
    expect(told(reader, PAGE)).toEqual({ ...first, defined: 0 })
  })

  it('tells when each point of a metric began, wherever the line stands', () => {
    const read = readOpenMetrics(
      page(
        `# TYPE a counter
a_created{x="1"} 5 10
a_total{x="1"} 1 10
a_total{x="1"} 2 20
a_total{x="2"} 3 20
a_created{x="2"} -1.5 20
# TYPE s summary
s{quantile="0.5"} 1
s_count 2
s_created 7`,
      ),
    )
    expect(read.samples.map(([, value]) => value)).toEqual([1, 2, 3, 1, 2])
    expect(read.starts).toEqual({
      '__name__=a_total,x=1': 5_000,
      '__name__=a_total,x=2': -1_500,
      '__name__=s,quantile=0.5': 7_000,
      '__name__=s_count': 7_000,
    })
  })

  it('may be empty, and end without a line feed', () => {
    expect(readOpenMetrics('# EOF').samples).toEqual([])
  })

  it.each([
    ['', 'line 1, column 1: expected "# EOF", not the end'],
    ['a 1\n', 'line 2, column 1: expected "# EOF", not the end'],
    ['# EOF\na 1\n', 'line 2, column 1: expected nothing behind "# EOF", not "a"'],
    ['# EOF\n\n', 'expected nothing behind "# EOF"'],
    [page(''), 'line 1, column 1: expected a metric name, not the end of the line'],
    [page('# remark'), 'expected "# HELP", "# TYPE", "# UNIT" or "# EOF"'],
    [page('a  1'), 'line 1, column 3: expected a number'],
    [page('a\t1'), 'line 1, column 2: expected a space and a value'],
    [page('a 1 '), 'line 1, column 5: expected a timestamp in seconds, not the end of the line'],
    [page('a 1 NaN'), 'expected a timestamp in seconds'],
    [page('a{b="c",} 1'), 'line 1, column 9: expected a label name, not "}"'],
    [page('a{ b="c"} 1'), 'line 1, column 3: expected a label name'],
    [page('# TYPE a untyped'), 'expected counter, gauge,'],
    [page('# TYPE a counter\na 1'), 'the name a of family a is taken by another one'],
    [page('# TYPE a gauge\n# TYPE a gauge'), 'line 2, column 10: a second # TYPE line'],
    [page('a 1\n# HELP a x'), 'line 2, column 8: metadata of a come after its samples'],
    [page('a 1\nb 1\na 2'), 'the name a of family a is taken by another one'],
    [page('# TYPE a counter\na_total -1'), 'line 2, column 9: a counter is not negative'],
    [page('# TYPE a counter\na_total NaN'), 'a counter is not negative and not NaN'],
    [page('# TYPE a gauge\n# UNIT a seconds'), 'must end in its unit, _seconds'],
    [page('# TYPE a_x info\n# UNIT a_x x'), 'has no unit'],
    [page('# TYPE a info\na_info 2'), 'an info is 1'],
    [page('# TYPE a stateset\na{a="x"} 2'), 'a state is 0 or 1'],
    [page('# TYPE a stateset\na{b="x"} 1'), 'line 2, column 1: label "a" is missing'],
    [page('# TYPE a summary\na{quantile="1.5"} 1'), 'label "quantile" must be a number'],
    [page('# TYPE a summary\na 1'), 'label "quantile" must be a number'],
    [
      page('# TYPE a histogram\na_bucket{le="Inf"} 1'),
      'line 2, column 1: label "le" must be a number, not "Inf"',
    ],
    [page('# TYPE a histogram\na_bucket{le="1.0"} 1'), 'le="+Inf" is missing'],
    [page('# TYPE a histogram\na_bucket{le="+Inf"} 1.5'), 'a count is a whole number from 0 on'],
    [
      page('# TYPE a histogram\na_bucket{le="2.0"} 1\na_bucket{le="1.0"} 1'),
      'line 3, column 1: buckets come in rising order of le',
    ],
    [
      page('# TYPE a histogram\na_bucket{le="1.0"} 2\na_bucket{le="+Inf"} 1'),
      'a bucket holds no less than the one before',
    ],
    [
      page('# TYPE a histogram\na_bucket{le="+Inf"} 2\na_count 3\na_sum 1'),
      'the count is not that of le="+Inf"',
    ],
    [
      page('# TYPE a histogram\na_bucket{le="+Inf"} 2\na_count 2'),
      'count and sum come together or not at all',
    ],
    [page('# TYPE a gauge\na{b="1"} 1\na{b="2"} 1\na{b="1"} 1'), 'must stand together'],
    [page('# TYPE a gauge\na 1 5\na 1 4'), 'must not fall'],
    [page('# TYPE a gauge\na 1 5\na 1'), 'have a timestamp, or none'],
    [page('# TYPE a gauge\na 1 # {} 1'), 'only buckets and counters have exemplars'],
    [
      page(`# TYPE a counter\na_total 1 # {b="${'x'.repeat(128)}"} 1`),
      'an exemplar has at most 128 characters',
    ],
  ])('refuses %j', (body, message) => {
    expect(() => readOpenMetrics(body)).toThrow(message)
  })

  it('gives bounds their canonical form', () => {
    const body = page(
      '# TYPE a histogram\na_bucket{le="1"} 1\na_bucket{le="1000000"} 1\na_bucket{le="+Inf"} 1',
    )
    expect(readOpenMetrics(body).samples.map(([series]) => series.split('le=')[1])).toEqual([
      '1.0',
      '1e+06',
      '+Inf',
    ])
  })

  it('judges a known line by the metadata of each body', () => {
    const reader = openOpenMetricsReader()
    told(reader, page('# TYPE a gauge\na -1'))
    expect(() => told(reader, page('# TYPE a stateset\na -1'))).toThrow('label "a" is missing')
    expect(told(reader, page('a -1')).defined).toBe(0)
    told(reader, page('# TYPE b_total gauge\nb_total -1'))
    expect(() => told(reader, page('# TYPE b counter\nb_total -1'))).toThrow('not negative')
  })

  it('ends with an answer or a refusal, whatever the bytes', () => {
    const reader = openOpenMetricsReader()
    const good = Buffer.from(PAGE)
    const damage = fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { maxLength: 4 })
    fc.assert(
      fc.property(damage, (changes) => {
        const bytes = Buffer.from(good)
        for (const [at, byte] of changes) bytes[at] = byte
        readOrRefuse((body) => told(reader, body), bytes)
      }),
      { numRuns: 1_000 },
    )
  })
})
