import type { ReactNode } from 'react'
import type { CollectorBody } from '../../http/api/collector.schema.ts'
import {
  formatBytes,
  formatCount,
  formatLatency,
  formatRate,
  formatShare,
} from '../format/format.ts'
import { Figure, Figures } from '../ui/figures.tsx'
import { Instant } from '../ui/instant.tsx'

/** What comes in, and how the parts do that keep it, in a row of figures. */
export function HealthFigures({ body }: { body: CollectorBody }): ReactNode {
  const { intake, series, log, checkpoint, eventLoop, targets } = body
  return (
    <Figures>
      <Figure label="Samples" note={`${formatCount(series)} series`}>
        {formatRate(intake.samplesPerSecond)}
      </Figure>
      <Figure label="Targets up" note={targetsNote(targets)}>
        {`${targets.up} of ${targets.up + targets.down + targets.unknown}`}
      </Figure>
      <Figure
        label="Log"
        note={<>synced {log.syncedAtMs === null ? 'never' : <Instant atMs={log.syncedAtMs} />}</>}
      >
        {formatBytes(log.sizeBytes)}
      </Figure>
      <Figure label="Checkpoint" note={checkpointNote(checkpoint)}>
        <Instant atMs={checkpoint.writtenAtMs} />
      </Figure>
      <Figure label="Disk free" note={diskNote(log)}>
        {formatBytes(log.diskFreeBytes)}
      </Figure>
      <Figure
        label="Event loop"
        note={`p99.9 ${formatLatency(eventLoop.p999Seconds)}, most ${formatLatency(eventLoop.maxSeconds)}`}
      >
        {`p99 ${formatLatency(eventLoop.p99Seconds)}`}
      </Figure>
    </Figures>
  )
}

function checkpointNote({ tailBytes, failures }: CollectorBody['checkpoint']): string {
  const replay = `${formatBytes(tailBytes)} to replay`
  return failures === 0 ? replay : `${replay}, ${formatCount(failures)} failed`
}

function diskNote({ diskFreeBytes: free, diskSizeBytes: size }: CollectorBody['log']): string {
  if (free === null || size === null) return 'not told'
  return `${formatShare(free / size)} of ${formatBytes(size)}`
}

function targetsNote({ up, down, unknown }: CollectorBody['targets']): string {
  if (up + down + unknown === 0) return 'nothing is scraped'
  if (unknown === 0) return `${down} down`
  return `${down} down, ${unknown} not yet scraped`
}
