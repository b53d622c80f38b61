/** Reads a history, a file or stdin, into a replay: in bounded memory, however long it is. */
import { createReadStream } from 'node:fs'
import type { Backtest } from '../../backtest.ts'
import { TenantryError } from '../../core/errors.ts'
import { DAY_MS, isoTime } from '../../core/time.ts'
import { openSampleSort } from '../../machinery/storage/sample-sort.ts'
import {
  openHistoryReader,
  type HistoryVisitor,
} from '../../machinery/wire/open-metrics-history.ts'
import { WireError } from '../../machinery/wire/wire-error.ts'
import { CLI_ERRORS } from './errors.ts'
import type { Progress } from './progress.ts'

const CHUNK_BYTES = 1 << 20
/** Twice the longest period. What spans more has timestamps in another unit than seconds. */
const LONGEST_SPAN_DAYS = 800
const LINE_FAULT = /^line (\d+)(?:, column (\d+))?: (.*)$/s

/** What samples of a history go to. */
export type SampleSink = Pick<Backtest, 'define' | 'start' | 'sample' | 'finish'>

export interface Feeding {
  readonly progress: Progress
  /** Told to end before the end. */
  readonly signal: AbortSignal
}

/** Sorts a history first, so that it may be written series by series. */
export async function replayByTime(
  file: string | undefined,
  replay: SampleSink,
  { progress, signal }: Feeding,
): Promise<void> {
  const sort = openSampleSort()
  let samples = 0
  let [firstMs, lastMs] = [Infinity, -Infinity]
  try {
    await readHistory(file, signal, {
      define: (labels, metric) => replay.define(labels, metric),
      sample(series, value, timestampMs) {
        sort.add(timestampMs, series, value)
        samples += 1
        firstMs = Math.min(firstMs, timestampMs)
        lastMs = Math.max(lastMs, timestampMs)
        progress.at(() => `read ${samples} samples`)
      },
      // It holds for the samples of its own time already.
      start: (metric, startMs, timestampMs) => sort.add(timestampMs - 0.5, -1 - metric, startMs),
    })
    refuseSpan(file, firstMs, lastMs)
    for (const { timeMs, series, value } of sort.sorted()) {
      if (series < 0) replay.start(-1 - series, value)
      else {
        const stepped = replay.sample(timeMs, series, timeMs, value)
        if (stepped !== undefined) await stepped
      }
      progress.at(() => {
        const share = Math.floor((100 * (timeMs - firstMs)) / Math.max(1, lastMs - firstMs))
        return `replayed up to ${isoTime(Math.floor(timeMs))} (${share} %)`
      })
    }
    await replay.finish()
  } finally {
    sort.close()
  }
}

/** Takes the lines as they stand: a sample came when the newest one before it did. */
export async function replayAsItCame(
  file: string | undefined,
  replay: SampleSink,
  { progress, signal }: Feeding,
): Promise<void> {
  let newestMs = 0
  let firstMs = Infinity
  const waiting: { series: number; value: number; timestampMs: number }[] = []
  const flush = async (): Promise<void> => {
    for (const { series, value, timestampMs } of waiting) {
      newestMs = Math.max(newestMs, timestampMs)
      firstMs = Math.min(firstMs, timestampMs)
      refuseSpan(file, firstMs, newestMs)
      if (series < 0) replay.start(-1 - series, value)
      else await replay.sample(newestMs, series, timestampMs, value)
    }
    waiting.length = 0
    progress.at(() => `replayed up to ${isoTime(newestMs)}`)
  }
  await readHistory(
    file,
    signal,
    {
      define: (labels, metric) => replay.define(labels, metric),
      sample: (series, value, timestampMs) => waiting.push({ series, value, timestampMs }),
      start: (metric, value, timestampMs) =>
        waiting.push({ series: -1 - metric, value, timestampMs }),
    },
    flush,
  )
  await replay.finish()
}

/** Every step of a history is evaluated, those without samples as well. */
function refuseSpan(file: string | undefined, firstMs: number, lastMs: number): void {
  if (!(lastMs - firstMs > LONGEST_SPAN_DAYS * DAY_MS)) return
  const days = Math.round((lastMs - firstMs) / DAY_MS)
  const message = `could not replay ${nameOf(file)}: its samples span ${days} days, and at most ${LONGEST_SPAN_DAYS} are replayed`
  throw new TenantryError(CLI_ERRORS.notHistory, message)
}

function nameOf(file: string | undefined): string {
  return file === undefined || file === '-' ? 'stdin' : file
}

/** Reads a file, or stdin. Throws CLI_NOT_READABLE, CLI_NOT_HISTORY. */
async function readHistory(
  file: string | undefined,
  signal: AbortSignal,
  visitor: HistoryVisitor,
  afterChunk: () => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  const isFile = file !== undefined && file !== '-'
  const name = nameOf(file)
  const reader = openHistoryReader(visitor)
  const chunks = isFile ? createReadStream(file, { highWaterMark: CHUNK_BYTES }) : process.stdin
  try {
    for await (const chunk of chunks as AsyncIterable<Buffer>) {
      signal.throwIfAborted()
      reader.push(chunk)
      await afterChunk()
    }
    reader.end()
    await afterChunk()
  } catch (cause) {
    if (cause instanceof WireError) {
      const [, line = '', column = '1', what = cause.message] = LINE_FAULT.exec(cause.message) ?? []
      const message = `could not read ${name}:${line}:${column}: ${what}`
      throw new TenantryError(CLI_ERRORS.notHistory, message)
    }
    if (cause instanceof Error && 'syscall' in cause) {
      throw new TenantryError(CLI_ERRORS.notReadable, `could not read ${name}`, { cause })
    }
    throw cause
  }
}
