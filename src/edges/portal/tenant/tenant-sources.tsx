import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { SourceBody } from '../../http/api/sources.schema.ts'
import { tenantSourcesQuery } from '../api/queries.ts'
import { formatCount } from '../format/format.ts'
import { Instant } from '../ui/instant.tsx'
import { Mark } from '../ui/state-mark.tsx'
import { sourceGroups } from './source-groups.ts'
import styles from './tenant-sources.module.css'

/** Where the figures of a tenant come from: what counts, and what reports the same beside it. */
export function TenantSources({ tenantId }: { tenantId: string }): ReactNode {
  const { data } = useQuery(tenantSourcesQuery(tenantId))
  const groups = sourceGroups(data?.items ?? [])
  if (groups.length === 0) return null
  return (
    <section className={styles.panel} aria-label="Where these figures come from">
      <h2>Where these figures come from</h2>
      <p>Of several sources that measure the same, the best one counts; the others are shadowed.</p>
      <table className={styles.sources}>
        <thead>
          <tr>
            <th scope="col">Signal</th>
            <th scope="col">Counts</th>
            <th scope="col">Beside it</th>
          </tr>
        </thead>
        <tbody>
          {groups.map(({ title, active, others }) => (
            <tr key={title}>
              <th scope="row">{title}</th>
              <td>
                {active === undefined ? (
                  <Mark tone="quiet" icon="pause">
                    Nothing now
                  </Mark>
                ) : (
                  <Source source={active} />
                )}
              </td>
              <td>
                {others.map((source) => (
                  <Source key={source.source} source={source} />
                ))}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

function Source({ source }: { source: SourceBody }): ReactNode {
  const { says, state, series, lastSampleAtMs } = source
  const what = series === 1 ? '1 series' : `${formatCount(series)} series`
  return (
    <span className={state === 'active' ? styles.active : styles.other} title={what}>
      {says}
      {state === 'silent' && (
        <>
          {', silent since '}
          <Instant atMs={lastSampleAtMs} />
        </>
      )}
    </span>
  )
}
