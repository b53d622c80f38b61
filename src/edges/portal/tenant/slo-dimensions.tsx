import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { DimensionBody, SloDimensionsBody, SloStatusBody } from '../../http/api/slo.schema.ts'
import { tenantSloDimensionsQuery } from '../api/queries.ts'
import { formatCount, formatShare } from '../format/format.ts'
import { countsSlices, unitWord } from '../format/slo-units.ts'
import { badParts, type BadPart } from './bad-parts.ts'
import styles from './tenant.module.css'

/** Where the bad events of the last hour came from: for each dimension its values with the most of
 *  them. Nothing where nothing was bad or nothing tells requests apart. */
export function SloDimensions({
  slo,
  whenNothing = null,
  whileWaiting = null,
}: {
  slo: SloStatusBody
  whenNothing?: ReactNode
  whileWaiting?: ReactNode
}): ReactNode {
  const { data } = useQuery(tenantSloDimensionsQuery(slo.tenantId, slo.sloId))
  if (data === undefined) return whileWaiting
  if (data.bad <= 0 || data.dimensions.length === 0) return whenNothing
  return (
    <div className={styles.dimensions}>
      <p>
        {countsSlices(slo.unit) && `Behind the ${unitWord(slo.unit, 2)}: `}
        {formatCount(data.bad)} bad {data.bad === 1 ? 'request' : 'requests'} in the last hour, by{' '}
        {nameList(data)}
      </p>
      {data.dimensions.map((dimension) => (
        <DimensionTable key={dimension.dimension} slo={slo} dimension={dimension} bad={data.bad} />
      ))}
    </div>
  )
}

function DimensionTable({
  slo,
  dimension,
  bad,
}: {
  slo: SloStatusBody
  dimension: DimensionBody
  bad: number
}): ReactNode {
  return (
    <table aria-label={`Bad requests of ${slo.title} by ${dimension.dimension}`}>
      <thead>
        <tr>
          <th scope="col">{dimension.dimension}</th>
          <th scope="col">Share</th>
          <th scope="col">Bad</th>
          <th scope="col">Of</th>
        </tr>
      </thead>
      <tbody>
        {badParts(dimension, bad).map((part) => (
          <PartRow key={part.name} part={part} />
        ))}
      </tbody>
    </table>
  )
}

function PartRow({ part }: { part: BadPart }): ReactNode {
  return (
    <tr>
      <th scope="row" className={part.isValue ? undefined : styles.rest} title={part.name}>
        {part.name}
        <span className={styles.share} aria-hidden="true">
          <span style={{ width: `${part.shareOfBad * 100}%` }} />
        </span>
      </th>
      <td>{formatShare(part.shareOfBad)}</td>
      <td>{formatCount(part.bad)}</td>
      <td>{formatCount(part.total)}</td>
    </tr>
  )
}

function nameList({ dimensions }: SloDimensionsBody): string {
  const names = dimensions.map(({ dimension }) => dimension)
  const last = names.at(-1)!
  return names.length === 1 ? last : `${names.slice(0, -1).join(', ')} and ${last}`
}
