import { describe, expect, it } from 'vitest'
import { parseDurationMs } from '../../../../src/machinery/runtime/quantity-text.ts'
import { readScrapeConfig } from '../../../../src/edges/ingest/scrape/scrape-config.ts'
import { offsetMs, targetsOf } from '../../../../src/edges/ingest/scrape/target.ts'
import { jobFrom } from './harness.ts'

const problems = (text: string): string[] =>
  readScrapeConfig('scrape.yaml', text).problems.map(
    ({ line, column, field, message }) => `${line}:${column} ${field}: ${message}`,
  )

describe('a scrape file', () => {
  it('is read with the defaults of Prometheus, and with what global sets', () => {
    const { jobs } = readScrapeConfig(
      '/etc/tenantry/scrape.yaml',
      `global: { scrape_interval: 5s, sample_limit: 10 }
scrape_configs:
  - job_name: a
  - job_name: b
    scrape_interval: 1m
    sample_limit: 0
    body_size_limit: 2MB
    basic_auth: { username: u, password_file: secrets/b }
    file_sd_configs: [{ files: ['targets/*.json'] }]
`,
    )
    expect(jobs[0]).toMatchObject({ intervalMs: 5_000, timeoutMs: 5_000, sampleLimit: 10 })
    expect(jobs[0]).toMatchObject({
      metrics_path: '/metrics',
      scheme: 'http',
      honor_timestamps: true,
    })
    expect(jobs[1]).toMatchObject({ intervalMs: 60_000, timeoutMs: 10_000, sampleLimit: 0 })
    expect(jobs[1]?.bodySizeLimit).toBe(2_097_152)
    expect(jobs[1]?.basic_auth?.password_file).toBe('/etc/tenantry/secrets/b')
    expect(jobs[1]?.file_sd_configs[0]?.files).toEqual(['/etc/tenantry/targets/*.json'])
    expect(readScrapeConfig('x', '').jobs).toEqual([])
  })

  it.each([
    ['scrape_config: []', '1:16 scrape_config: there is no such field; was scrape_configs meant?'],
    [
      'scrape_configs:\n- job_name: a\n  metric_path: /x',
      '3:16 scrape_configs.0.metric_path: there is no such field; was metrics_path meant?',
    ],
    [
      'scrape_configs:\n- job_name: a\n  scrape_interval: soon',
      '3:20 scrape_configs.0.scrape_interval: expected a duration such as 15s or 1m30s, not "soon"',
    ],
    [
      'scrape_configs:\n- job_name: a\n  scrape_interval: 5s\n  scrape_timeout: 6s',
      '4:19 scrape_configs.0.scrape_timeout: must not be longer than the interval of 5s',
    ],
    [
      'scrape_configs:\n- job_name: a\n- job_name: a',
      '3:13 scrape_configs.1.job_name: job a is already defined',
    ],
    [
      'scrape_configs:\n- job_name: a\n  relabel_configs:\n  - regex: "("\n    target_label: x',
      'expected a regular expression: Invalid regular expression',
    ],
    [
      'scrape_configs:\n- job_name: a\n  relabel_configs:\n  - action: hashmod\n    target_label: x',
      '4:5 scrape_configs.0.relabel_configs.0: action hashmod needs a modulus',
    ],
    [
      'scrape_configs:\n- job_name: a\n  bearer_token: x\n  basic_auth: {}',
      'expected one of basic_auth, authorization, bearer_token and bearer_token_file',
    ],
    ['scrape_configs:\n- {job_name: a', '2:15 : '],
  ])('%j is refused with its line', (text, expected) => {
    expect(problems(text).join('\n')).toContain(expected)
  })

  it('has durations of several parts', () => {
    const texts = ['1h30m', '15s', '1d', '500ms', '0', '', '5', '1s1h', '-1s']
    expect(texts.map(parseDurationMs)).toEqual([
      5_400_000,
      15_000,
      86_400_000,
      500,
      0,
      undefined,
      undefined,
      undefined,
      undefined,
    ])
  })
})

describe('targets', () => {
  const made = (yaml: string, address = 'host:80', labels: Record<string, string> = {}) =>
    targetsOf(jobFrom(yaml), [{ targets: [address], labels }])

  it('have an address, labels and nothing of what begins with two underscores', () => {
    const yaml =
      '{ job_name: app, metrics_path: /m, scheme: https, params: { a: [x, y] }, relabel_configs: [' +
      '{ source_labels: [__meta_zone], target_label: zone }, { target_label: __param_a, replacement: z }] }'
    const { targets } = made(yaml, 'host:80', { __meta_zone: 'b', team: 'core' })
    expect(targets[0]).toMatchObject({
      url: 'https://host:80/m?a=z&a=y',
      labels: [
        ['instance', 'host:80'],
        ['job', 'app'],
        ['team', 'core'],
        ['zone', 'b'],
      ],
    })
  })

  it('are left out by rules, are one where they are the same, and are told where they are none', () => {
    expect(made('{ job_name: a, relabel_configs: [{ action: drop }] }').targets).toEqual([])
    const twice = targetsOf(jobFrom('{ job_name: a }'), [{ targets: ['h:1', 'h:1'], labels: {} }])
    expect(twice.targets).toHaveLength(1)
    expect(made('{ job_name: a }', 'user@host/path').faults).toEqual([
      'job a: "user@host/path" is no address',
    ])
  })

  it('are spread over their interval, always alike', () => {
    const offsets = Array.from({ length: 400 }, (_, index) =>
      offsetMs({ key: `target-${index}`, intervalMs: 1_000 }),
    )
    for (const quarter of [0, 250, 500, 750]) {
      const within = offsets.filter((offset) => offset >= quarter && offset < quarter + 250)
      expect(within.length).toBeGreaterThan(60)
    }
    expect(offsetMs({ key: 'target-0', intervalMs: 1_000 })).toBe(offsets[0])
  })
})
