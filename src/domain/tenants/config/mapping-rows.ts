/**
 * What the operator's own metrics mean: rows that are tried before those that are built in. Pure;
 * the metrics stage makes its own rows of them.
 */
import { z } from 'zod'
import {
  isRatioSignal,
  SIGNAL_NAMES,
  SIGNALS,
  type SignalRow,
} from '../../../core/names/signals.ts'
import { TENANT_LIMITS } from '../limits.ts'

/** Of a histogram: the signals that its parts can be. Of the rest only one part is one. */
export const HISTOGRAM_SIGNALS = [
  'duration',
  'user_duration',
  'requests',
  'dependency_calls',
  'network_in',
  'network_out',
] as const

const UNITS = [
  's',
  'ms',
  'us',
  'ns',
  'min',
  'h',
  'd',
  'By',
  'KiBy',
  'MiBy',
  'GiBy',
  'TiBy',
] as const

const word = z.string().regex(/^[a-z][a-z0-9-]{0,40}$/, 'expected a word of a-z, 0-9 and -')

/** One value or several; the label must have one of them. `abc*` is a beginning, `*` any. */
const conditionSchema = z
  .record(
    z.string().min(1).max(200),
    z.union([z.string().max(500), z.array(z.string().max(500)).min(1).max(50)]),
  )
  .exactOptional()

const rowSchema = z
  .strictObject({
    /** Its name as it comes; of a histogram without `_bucket`. */
    metric: z.string().min(1).max(500),
    shape: z.enum(['counter', 'gauge', 'histogram']),
    signal: z.enum(SIGNAL_NAMES),
    /** As UCUM writes it. */
    unit: z.enum(UNITS).exactOptional(),
    /** Instead of a unit: how much one unit of the metric is in the signal's. Negative for a gauge
     *  that is subtracted from what else its source reports. */
    scale: z.number().min(-1e18).max(1e18).exactOptional(),
    /** What is measured where figures of several kinds add up. */
    resource: word.exactOptional(),
    /** Rows of one source add up; of several sources the one that comes first counts. */
    source: word.default('own'),
    where: conditionSchema,
    except: conditionSchema,
  })
  .superRefine((row, context) => {
    const { kind, by }: SignalRow = SIGNALS[row.signal]
    const isRatio = isRatioSignal(row.signal)
    const issue = (message: string, field: string) => {
      context.addIssue({ code: 'custom', message, path: [field] })
    }
    if (row.unit !== undefined && row.scale !== undefined) {
      issue('has a unit beside it: one of the two is enough', 'scale')
    }
    if (row.scale === 0) issue('is 0: nothing would be left of the metric', 'scale')
    if (row.scale !== undefined && row.scale < 0 && !(row.shape === 'gauge' && kind === 'gauge')) {
      issue('is negative: only a gauge of a present value can be subtracted', 'scale')
    }
    const isHistogram = (HISTOGRAM_SIGNALS as readonly string[]).includes(row.signal)
    if (row.shape === 'histogram' && !isHistogram) {
      issue(`no histogram is ${row.signal}, but ${HISTOGRAM_SIGNALS.join(', ')}`, 'signal')
    } else if (row.shape === 'counter' && (kind === 'gauge' || by === 'bucket' || isRatio)) {
      issue(`no counter is ${row.signal}`, 'signal')
    } else if (row.shape === 'gauge' && kind !== 'gauge' && row.signal !== 'probes' && !isRatio) {
      issue(`no gauge is ${row.signal}`, 'signal')
    }
  })

export const mappingSchema = z.strictObject({
  rows: z.array(rowSchema).max(TENANT_LIMITS.mappingRows),
})

export type MappingRow = z.infer<typeof rowSchema>
