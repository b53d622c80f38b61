/**
 * Turns what the operator says of metrics of his own into rows like those that are built in. Their
 * sources come before all others, in the order in which they stand. Pure.
 */
import type { MappingRow } from '../tenants/tenants.ts'
import {
  CALL_PARTS,
  HTTP_PARTS,
  USER_PARTS,
  type LabelRule,
  type MetricRow,
  type SourceRow,
} from './signals/source-row.ts'

/** Such a source cannot be taken for one that is built in. */
const OWN_PREFIX = 'own:'

export function ownRows(rows: readonly MappingRow[]): SourceRow[] {
  const sources = [...new Set(rows.map(({ source }) => source))]
  return rows.map((row) => ({
    metric: row.metric,
    shape: row.shape,
    signals: signalsOf(row),
    source: ownSource(row.source),
    rank: sources.indexOf(row.source) - sources.length,
    ...(row.unit === undefined ? {} : { unit: row.unit }),
    ...(row.scale === undefined ? {} : { scale: row.scale }),
    ...(row.resource === undefined ? {} : { resource: row.resource }),
    where: conditions(row.where),
    except: conditions(row.except),
  }))
}

export function isOwnSource(source: string): boolean {
  return source.startsWith(OWN_PREFIX)
}

/** Worked: `billing` -> `own:billing`. */
function ownSource(source: string): string {
  return `${OWN_PREFIX}${source}`
}

function signalsOf({ shape, signal }: MappingRow): MetricRow['signals'] {
  if (shape !== 'histogram') return { value: signal }
  switch (signal) {
    case 'duration':
      return HTTP_PARTS
    case 'user_duration':
      return USER_PARTS
    case 'dependency_calls':
      return CALL_PARTS
    case 'requests':
      return { count: signal }
    default:
      return { sum: signal }
  }
}

function conditions(given: MappingRow['where']): LabelRule[] {
  return Object.entries(given ?? {}).map(([label, values]) => ({
    labels: [label],
    values: typeof values === 'string' ? [values] : values,
  }))
}
