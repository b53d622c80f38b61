import type { ReactNode } from 'react'
import type { ScrapeTargetBody } from '../../http/api/scrape.schema.ts'
import { formatCount, formatLatency, NOTHING } from '../format/format.ts'
import { Instant } from '../ui/instant.tsx'
import { Mark } from '../ui/state-mark.tsx'
import styles from './collector.module.css'
import { byNeed } from './targets-verdict.ts'

/** Targets with their last scrape; on narrow screens each becomes a card with the same facts. */
export function TargetTable({ targets }: { targets: readonly ScrapeTargetBody[] }): ReactNode {
  return (
    <table className={`${styles.table} ${styles.targets}`} aria-label="Targets">
      <thead>
        <tr>
          <th scope="col">Health</th>
          <th scope="col">Target</th>
          <th scope="col">Job</th>
          <th scope="col">Samples</th>
          <th scope="col">Took</th>
          <th scope="col">Last scrape</th>
        </tr>
      </thead>
      <tbody>
        {byNeed(targets).map((target) => (
          <TargetRow key={`${target.job} ${target.url} ${labelText(target)}`} target={target} />
        ))}
      </tbody>
    </table>
  )
}

function TargetRow({ target }: { target: ScrapeTargetBody }): ReactNode {
  const { job, url, lastError, lastDurationSeconds, lastScrapeAtMs, samplesScraped } = target
  return (
    <tr>
      <td>
        <Health target={target} />
      </td>
      <th scope="row">
        <span className={styles.address}>{url}</span>
        {lastError !== null && <span className={styles.error}>{lastError}</span>}
        <span className={styles.labels}>{labelText(target)}</span>
      </th>
      <td className={styles.job}>{job}</td>
      <td data-label="Samples" title={`${formatCount(target.samplesKept)} kept`}>
        {formatCount(samplesScraped)}
      </td>
      <td data-label="Took">{formatLatency(lastDurationSeconds)}</td>
      <td data-label="Last scrape">
        {lastScrapeAtMs === null ? NOTHING : <Instant atMs={lastScrapeAtMs} />}
      </td>
    </tr>
  )
}

/** The labels that say more than job and address. */
function labelText({ labels, job, url }: ScrapeTargetBody): string {
  return Object.entries(labels)
    .filter(([name, value]) => value !== job && !url.includes(`//${value}/`) && name !== 'job')
    .map(([name, value]) => `${name}=${value}`)
    .join(', ')
}

function Health({ target: { health } }: { target: ScrapeTargetBody }): ReactNode {
  if (health === 'up')
    return (
      <Mark tone="good" icon="check">
        Up
      </Mark>
    )
  if (health === 'down')
    return (
      <Mark tone="bad" icon="spent">
        Down
      </Mark>
    )
  return (
    <Mark tone="quiet" icon="pause">
      Not yet
    </Mark>
  )
}
