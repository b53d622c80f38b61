import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openExpositionWriter } from '../../../src/machinery/wire/exposition-text.ts'
import { openPrometheusTextReader } from '../../../src/machinery/wire/prometheus-text.ts'
import { readText, told } from './exposition-told.ts'
import { readOrRefuse } from './read-or-refuse.ts'

const PAGE = `# A page with everything that the format has.
# HELP boiler_starts_total How often "it" started\\nand where, \\\\ included.
# TYPE boiler_starts_total counter
boiler_starts_total{plant="north",unit="1"} 17 1395066363000
boiler_starts_total { plant = "north" , unit="2", }\t4e1

   # just a remark
#HELP pressure_bar is no metadata of anything? It is: blanks before HELP may be none.
pressure_bar -0.5   -3
pressure_bar{at="C:\\\\valve\\n\\"main\\""} +Inf
# TYPE wait_seconds histogram
wait_seconds_bucket{le="0.5"} 2
wait_seconds_bucket{le="1"} 3
wait_seconds_bucket{le="+Inf"} 3
wait_seconds_sum 1.75
wait_seconds_count 3
# TYPE depth summary \t
depth{quantile="1"} NaN
{"température.mesurée", "lieu exact"="cave"}12.5
`

describe('the Prometheus text format', () => {
  it('is read with blanks, escapes, timestamps and special values', () => {
    expect(readText(PAGE).samples).toEqual([
      ['__name__=boiler_starts_total,plant=north,unit=1', 17, 1_395_066_363_000],
      ['__name__=boiler_starts_total,plant=north,unit=2', 40, null],
      ['__name__=pressure_bar', -0.5, -3],
      ['__name__=pressure_bar,at=C:\\valve\n"main"', Infinity, null],
      ['__name__=wait_seconds_bucket,le=0.5', 2, null],
      ['__name__=wait_seconds_bucket,le=1.0', 3, null],
      ['__name__=wait_seconds_bucket,le=+Inf', 3, null],
      ['__name__=wait_seconds_sum', 1.75, null],
      ['__name__=wait_seconds_count', 3, null],
      ['__name__=depth,quantile=1.0', NaN, null],
      ['__name__=température.mesurée,lieu exact=cave', 12.5, null],
    ])
  })

  it('may be empty', () => {
    expect(readText('').samples).toEqual([])
    expect(readText('\n \t\n').samples).toEqual([])
  })

  it('has any text as help, its backslashes escaped', () => {
    const page = '# HELP a\n# HELP b C:\\\\temp\\n"x" é\n# HELP c \\\\\\\\\n# help d \\x\na 1\n'
    expect(readText(page).samples).toHaveLength(1)
  })

  it('has bounds that are no numbers where they bound nothing, and counts of any sign', () => {
    const page =
      '# TYPE s summary\ns_sum{quantile="x"} 1\n# TYPE h histogram\nh_count{le=""} -2\nh{le="y"} 1\n'
    expect(readText(page).samples).toEqual([
      ['__name__=s_sum,quantile=x', 1, null],
      ['__name__=h_count,le=', -2, null],
      ['__name__=h,le=y', 1, null],
    ])
  })

  it.each([
    ['a', 'line 1, column 2: expected a blank and a value, not the end'],
    ['a 1', 'line 1, column 4: expected a timestamp in whole milliseconds or the end of the line'],
    ['a 1\nb', 'line 2, column 2: expected a blank and a value, not the end'],
    ['a 1\r\n', 'line 1, column 4: expected a timestamp in whole milliseconds'],
    ['a 0x1p3\n', 'line 1, column 3: expected a number, not "0x1p3"'],
    ['a 1_000\n', 'line 1, column 3: expected a number, not "1_000"'],
    ['a 1 2.5\n', 'line 1, column 5: expected a timestamp in whole milliseconds'],
    ['a 1 2 3\n', 'line 1, column 7: expected the end of the line, not "3"'],
    ['a{b="c} 1\n', 'line 1, column 10: expected a double quote that ends a label value'],
    ['a{b=c} 1\n', 'line 1, column 5: expected a label value in double quotes, not "c}"'],
    ['a{b="c" d="e"} 1\n', 'line 1, column 9: expected "," or "}", not "d=\\"e\\"}"'],
    ['a{,} 1\n', 'line 1, column 3: expected a label name, not ",}"'],
    ['a{b="c",,} 1\n', 'line 1, column 9: expected a label name, not ",}"'],
    [
      '# TYPE a histogram\na_bucket{le="x"} 1\n',
      'line 2, column 1: label "le" must be a number, not "x"',
    ],
    [
      '# TYPE a summary\na{quantile=""} 1\n',
      'line 2, column 1: label "quantile" must be a number, not ""',
    ],
    ['a{b="1",b="2"} 1\n', 'line 1, column 9: label "b" is given twice'],
    ['a{__name__="x"} 1\n', 'line 1, column 3: label "__name__" is the name of the metric'],
    ['é 1\n', 'line 1, column 1: expected a metric name, not "é"'],
    ['ok{a="é"} x\n', 'line 1, column 11: expected a number, not "x"'],
    ['a{b="\\t"} 1\n', 'line 1, column 6: expected \\\\, \\" or \\n, not "\\\\t\\"}"'],
    ['9a 1\n', 'line 1, column 1: expected a metric name, not "9a"'],
    ['{b="c"} 1\n', 'line 1, column 2: expected a metric name in the braces, not "b=\\"c\\"}"'],
    ['{} 1\n', 'line 1, column 2: expected a metric name in the braces, not "}"'],
    ['a{"b"} 1\n', 'line 1, column 6: expected "=", not "}"'],
    ['# TYPE a cuonter\n', 'expected counter, gauge, histogram, summary, untyped, not "cuonter"'],
    ['# TYPE a\n', 'line 1, column 9: expected counter'],
    ['# TYPE a gauge\n# TYPE a gauge\n', 'line 2, column 8: a second TYPE line for a'],
    ['# HELP a b\n# HELP a b\n', 'line 2, column 8: a second HELP line for a'],
    ['# HELP a C:\\temp\n', 'line 1, column 12: expected \\\\ or \\n, not "\\\\temp"'],
    ['# HELP a "b\\"\n', 'line 1, column 12: expected \\\\ or \\n, not "\\\\\\""'],
    ['# HELP a b\\\\\\\n', 'line 1, column 13: expected \\\\ or \\n, not "\\\\"'],
    ['a 1\n# TYPE a gauge\n', 'line 2, column 8: the TYPE line of a comes after its samples'],
    ['# no end', 'line 1, column 9: expected a line feed, not the end'],
  ])('refuses %j', (body, message) => {
    expect(() => readText(body)).toThrow(message)
  })

  it('names the character that is not UTF-8', () => {
    const body = Buffer.concat([Buffer.from('a{b="é'), Buffer.of(0xc3), Buffer.from('"} 1\n')])
    expect(() => readText(body)).toThrow('line 1, column 7: a character is not valid UTF-8')
  })

  it('recognises lines, moved and new ones among them', () => {
    const reader = openPrometheusTextReader()
    const line = (name: string, value: number): string => `m{n="${name}"} ${value}\n`
    expect(told(reader, line('a', 1) + line('b', 2) + line('c', 3)).defined).toBe(3)
    const again = told(reader, line('c', 4) + line('new', 5) + line('a', 6) + line('b', 7))
    expect(again.defined).toBe(1)
    expect(again.samples.map(([series, value]) => [series.at(-1), value])).toEqual([
      ['c', 4],
      ['w', 5],
      ['a', 6],
      ['b', 7],
    ])
    expect(told(reader, line('b', 1)).defined).toBe(0)
    expect(reader.size()).toBe(4)
  })

  it('does not take a name for one that it begins with', () => {
    const reader = openPrometheusTextReader()
    told(reader, 'a 1\n')
    const read = told(reader, 'a {b="c"} 2\na_b 3\na{b="c"} 4\na 5\n')
    expect(read.samples.map(([series, value]) => `${series} ${value}`)).toEqual([
      '__name__=a,b=c 2',
      '__name__=a_b 3',
      '__name__=a,b=c 4',
      '__name__=a 5',
    ])
  })

  it('goes on after a body that was refused', () => {
    const reader = openPrometheusTextReader()
    expect(() => told(reader, 'a 1\n# TYPE b gauge\nb !\n')).toThrow('line 3')
    expect(told(reader, '# TYPE b gauge\nb 1\na 2\n').samples).toHaveLength(2)
  })

  it('reads back what the writer writes', () => {
    const name = fc.stringMatching(/^[a-zA-Z_:][a-zA-Z0-9_:]{0,8}$/)
    const label = fc.tuple(
      fc.stringMatching(/^[a-zA-Z][a-zA-Z0-9_]{0,5}$/),
      fc.string({ unit: 'grapheme', minLength: 0, maxLength: 9 }),
    )
    const labels = fc.uniqueArray(label, { selector: ([key]) => key, maxLength: 4 })
    const sample = fc.record({
      name,
      labels,
      value: fc.double().map((value) => (value === 0 ? 0 : value)),
    })
    const reader = openPrometheusTextReader()
    fc.assert(
      fc.property(fc.array(sample, { maxLength: 8 }), (samples) => {
        const writer = openExpositionWriter()
        for (const { name: metric, labels: own, value } of samples)
          writer.sample(metric, own, value)
        expect(told(reader, writer.take()).samples).toEqual(
          samples.map(({ name: metric, labels: own, value }) => [
            [`__name__=${metric}`, ...own.map(([key, text]) => `${key}=${text}`)].join(','),
            value,
            null,
          ]),
        )
      }),
    )
  })

  it('ends with an answer or a refusal, whatever the bytes', () => {
    const reader = openPrometheusTextReader()
    const page = Buffer.from(PAGE)
    const damage = fc.array(fc.tuple(fc.nat(page.length - 1), fc.nat(255)), { maxLength: 6 })
    fc.assert(
      fc.property(damage, fc.nat(page.length), (changes, length) => {
        const bytes = Buffer.from(page.subarray(0, length))
        for (const [at, byte] of changes) if (at < length) bytes[at] = byte
        readOrRefuse((body) => told(reader, body), bytes)
      }),
      { numRuns: 1_000 },
    )
  })
})
