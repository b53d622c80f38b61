/**
 * The step that live writes and replay share: an uncompressed message becomes a staged write, or
 * nothing.
 */
import type { Arrival, Metrics, StagedWrite, WriteContext } from '../../domain/metrics/metrics.ts'
import { otlpJsonToProtobuf } from '../../machinery/wire/otlp-json.ts'
import { readExportMetrics } from '../../machinery/wire/otlp.ts'
import { readWriteRequest2 } from '../../machinery/wire/remote-write-2.ts'
import { readWriteRequest } from '../../machinery/wire/remote-write.ts'
import type { MessageFormat } from './record-kind.ts'

/**
 * Walks a message into the one stage. The caller applies or abandons it before anything else
 * happens: it must not await in between.
 * Throws WireError; the stage is abandoned then.
 */
export function stageMessage(
  metrics: Pick<Metrics, 'stage'>,
  context: WriteContext,
  format: MessageFormat,
  message: Uint8Array,
  arrival: Arrival,
): StagedWrite {
  const binary = format === 'otlp-json' ? otlpJsonToProtobuf(message) : message
  const stage = metrics.stage(context, binary, arrival)
  try {
    if (format === 'remote-write') readWriteRequest(binary, stage)
    else if (format === 'remote-write-2') readWriteRequest2(binary, stage)
    else readExportMetrics(binary, stage)
    return stage
  } catch (error) {
    stage.abandon()
    throw error
  }
}
