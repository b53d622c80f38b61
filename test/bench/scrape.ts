/**
 * `npm run bench -- scrape`: pages of 100,000 known lines of about 137 bytes, read alone and then
 * made into remote-write requests, on one thread. CPU time of the process.
 */
import type { ExpositionVisitor } from '../../src/machinery/wire/exposition-visitor.ts'
import { openOpenMetricsReader } from '../../src/machinery/wire/open-metrics.ts'
import { openPrometheusTextReader } from '../../src/machinery/wire/prometheus-text.ts'
import { encodeLabels, WriteRequestBuilder } from '../../src/machinery/wire/write-request.ts'
import { report } from './figure.ts'

const LINES = 100_000
const ROUNDS = 10
const REPEATS = 2
const AT_MS = 1_800_000_000_000

measure('Prometheus text', openPrometheusTextReader, pages('http_requests_total', ''))
measure('OpenMetrics', openOpenMetricsReader, pages('http_requests', '# EOF\n'))

function pages(family: string, end: string): Buffer[] {
  return Array.from({ length: ROUNDS }, (_, round) => {
    const lines = Array.from({ length: LINES }, (_line, index) => lineOf(index, round))
    return Buffer.from(`# TYPE ${family} counter\n${lines.join('')}${end}`)
  })
}

function lineOf(index: number, round: number): string {
  const labels = `pod="pod-${index % 997}",region="eu-central-1",route="/api/v1/items/${index}"`
  const tenant = `tenant_id="tenant-${index % 100}"`
  const value = 3 * index + round
  return `http_requests_total{code="200",method="GET",${labels},${tenant}} ${value}\n`
}

function measure(
  format: string,
  open: typeof openPrometheusTextReader,
  bodies: readonly Buffer[],
): void {
  for (const builds of [false, true]) {
    const reader = open()
    const builder = new WriteRequestBuilder()
    const known: Uint8Array[] = []
    let sum = 0
    const visitor: ExpositionVisitor = {
      define: (labels) => known.push(encodeLabels(labels)) - 1,
      sample(series, value) {
        sum += value
        if (builds) builder.sample(known[series]!, value, AT_MS, 0)
      },
      exemplar: () => undefined,
    }
    const readAll = (): void => {
      for (const body of bodies) {
        reader.read(body, visitor)
        builder.take()
      }
    }
    readAll()
    const expected = sum
    sum = 0
    const start = process.cpuUsage()
    for (let index = 0; index < REPEATS; index += 1) readAll()
    const { user, system } = process.cpuUsage(start)
    if (sum !== REPEATS * expected) throw new Error('the values read back are wrong')
    const value = (REPEATS * ROUNDS * LINES * 1_000_000) / (user + system)
    const name = builds ? `${format} to remote write` : format
    report({ name, value, unit: 'lines/CPU-s' })
  }
}
