import { describe, expect, it } from 'vitest'
import { METRICS } from '../../../src/core/names/metrics.ts'
import { mergeExpositions } from '../../../src/machinery/runtime/exposition-merge.ts'
import { openLabelledValues } from '../../../src/machinery/runtime/labelled-values.ts'
import { openTelemetry, type Telemetry } from '../../../src/machinery/runtime/telemetry.ts'
import { memoryLog } from '../support/memory-log.ts'

async function exposed(use: (telemetry: Telemetry) => void, log = memoryLog()): Promise<string[]> {
  const telemetry = openTelemetry({ log })
  try {
    use(telemetry)
    return (await telemetry.exposition()).split('\n')
  } finally {
    await telemetry.close()
  }
}

describe('telemetry', () => {
  it('exposes counters under their own names, one line a label set, in whatever order labels come', async () => {
    const lines = await exposed(({ add }) => {
      add('tenantry_ingest_refused_total', 2, { reason: 'a', protocol: 'otlp' })
      add('tenantry_ingest_refused_total', 3, { protocol: 'otlp', reason: 'a' })
      add('tenantry_ingest_refused_total', 1, { reason: 'b "quoted"\n' })
      add('tenantry_tick_late_total', 1)
    })
    expect(lines).toContain('# TYPE tenantry_ingest_refused_total counter')
    expect(lines).toContain(
      `# HELP tenantry_ingest_refused_total ${METRICS.tenantry_ingest_refused_total.help}`,
    )
    expect(lines).toContain('tenantry_ingest_refused_total{protocol="otlp",reason="a"} 5')
    expect(lines).toContain('tenantry_ingest_refused_total{reason="b \\"quoted\\"\\n"} 1')
    expect(lines).toContain('tenantry_tick_late_total 1')
    expect(lines.join('\n')).not.toMatch(/_total_total|otel_scope/)
  })

  it('reads gauges when asked, a later reader in place of an earlier one', async () => {
    let series = 1
    const lines = await exposed(({ gauge }) => {
      gauge('tenantry_series', () => 99)
      gauge('tenantry_series', () => series)
      series = 7
    })
    expect(lines).toContain('# TYPE tenantry_series gauge')
    expect(lines).toContain('tenantry_series 7')
    expect(lines).toContainEqual(
      expect.stringMatching(/^tenantry_event_loop_delay_seconds\{quantile="0\.99"\} [\d.e-]+$/),
    )
  })

  it('exposes histograms in seconds with cumulative buckets', async () => {
    const lines = await exposed(({ observe }) => {
      observe('tenantry_tick_seconds', 0.003)
      observe('tenantry_tick_seconds', 0.02)
    })
    expect(lines).toContain('tenantry_tick_seconds_bucket{le="0.0025"} 0')
    expect(lines).toContain('tenantry_tick_seconds_bucket{le="0.005"} 1')
    expect(lines).toContain('tenantry_tick_seconds_bucket{le="+Inf"} 2')
    expect(lines).toContain('tenantry_tick_seconds_count 2')
    expect(lines).toContain('tenantry_tick_seconds_sum 0.023')
  })

  it('adds the process metrics, and names no family twice', async () => {
    const lines = await exposed(() => undefined)
    const families = lines
      .filter((line) => line.startsWith('# TYPE '))
      .map((line) => line.split(' ')[2])
    expect(families).toContain('process_cpu_seconds_total')
    expect(families).toContain('nodejs_heap_size_used_bytes')
    expect(new Set(families).size).toBe(families.length)
    expect(lines.at(-1)).toBe('')
  })

  it('goes on when a gauge cannot be read, and says which', async () => {
    const log = memoryLog()
    const lines = await exposed(({ gauge }) => {
      gauge('tenantry_cells', () => {
        throw new Error('closed')
      })
      gauge('tenantry_series', () => 1)
    }, log)
    expect(lines).toContain('tenantry_series 1')
    expect(log.lines).toMatchObject([{ level: 'error', fields: { metric: 'tenantry_cells' } }])
  })

  it('refuses a name that is not in the list, or is of another kind', async () => {
    await exposed(({ add, observe }) => {
      expect(() => add('tenantry_new_total', 1)).toThrow('is a counter of core/names/metrics')
      expect(() => observe('tenantry_series', 1)).toThrow('is a histogram of core/names/metrics')
    })
  })
})

describe('labelled values', () => {
  it('share one value past their limit', () => {
    const values = openLabelledValues(() => ({ sum: 0 }))
    for (let index = 0; index < 1_010; index += 1) values.at({ label: String(index) }).sum += 1
    const entries = [...values.entries()]
    expect(entries).toHaveLength(1_001)
    expect(entries.at(-1)).toEqual([{ overflow: 'true' }, { sum: 10 }])
    expect(values.at({ label: '0' }).sum).toBe(1)
  })
})

describe('merging expositions', () => {
  it('keeps a family from the first text that has it', () => {
    const first = '# HELP a A.\n# TYPE a gauge\na 1\n'
    const second = '# HELP a Other.\n# TYPE a gauge\na 2\n\n# HELP b B.\n# TYPE b gauge\nb 1\n'
    expect(mergeExpositions(first, second)).toBe(
      '# HELP a A.\n# TYPE a gauge\na 1\n# HELP b B.\n# TYPE b gauge\nb 1\n',
    )
    expect(mergeExpositions('# no registered metrics', second)).toMatch(/^# HELP a Other/)
  })
})
