/** Deploys as a chart marks them and a line of words tells them. Pure. */
import type { DeployBody } from '../../http/api/deploys.schema.ts'
import { formatMoment } from '../format/time.ts'
import type { Mark } from './plot-scene.ts'

/** More names than these would lie over each other. */
const NAMED = 6
const TOLD = 4

/** Marks deploys, the newest of them by name. Shape: deploys come newest first. */
export function deployMarks(deploys: readonly DeployBody[]): Mark[] {
  return deploys.map(({ atMs, service, version }, index) => ({
    atMs,
    name: index < NAMED ? `${service} ${version}` : '',
  }))
}

/** Tells deploys in words. Null for none. Worked: "Deploys: api 1.4 at 25 Nov, 10:00; and 3
 *  more". */
export function deployWords(deploys: readonly DeployBody[]): string | null {
  if (deploys.length === 0) return null
  const told = deploys
    .slice(0, TOLD)
    .map(({ service, version, atMs }) => `${service} ${version} at ${formatMoment(atMs)}`)
  const more = deploys.length - told.length
  return `Deploys: ${told.join('; ')}${more > 0 ? `; and ${String(more)} more` : ''}`
}
