/** What the address of the artefacts says: which target and file, and the options that files are
 *  made by. Pure. */

export const ARTEFACT_TARGETS = {
  prometheus: 'Prometheus',
  mimir: 'Mimir, Cortex',
  operator: 'Kubernetes',
  vmalert: 'vmalert',
  grafana: 'Grafana',
  k6: 'k6',
} as const
export type ArtefactTarget = keyof typeof ARTEFACT_TARGETS

/** What names of the platform's own metrics may be said. */
export const PLATFORM_NAMES = ['tenantLabel', 'durationMetric', 'codeLabel'] as const
export type PlatformName = (typeof PLATFORM_NAMES)[number]

export interface ArtefactSearch extends Partial<Record<PlatformName, string>> {
  readonly target?: ArtefactTarget
  readonly file?: string
  readonly view?: 'changes'
  readonly reads?: 'platform'
  readonly anchored?: 'true'
  readonly slothNames?: 'true'
}

/** Reads the address, dropping what this page does not know. */
export function readArtefactSearch(search: Readonly<Record<string, unknown>>): ArtefactSearch {
  const { target, file, view, reads, anchored, slothNames } = search
  const names = PLATFORM_NAMES.flatMap((name) => {
    const value = search[name]
    return typeof value === 'string' && value !== '' ? [[name, value] as const] : []
  })
  return {
    ...(isTarget(target) ? { target } : {}),
    ...(typeof file === 'string' && file !== '' ? { file } : {}),
    ...(view === 'changes' ? { view } : {}),
    ...(reads === 'platform' ? { reads } : {}),
    ...(anchored === 'true' ? { anchored } : {}),
    ...(slothNames === 'true' ? { slothNames } : {}),
    ...Object.fromEntries(names),
  }
}

/** Writes the options as the API takes them. */
export function artefactOptions({
  target: _,
  file: __,
  view: ___,
  ...options
}: ArtefactSearch): string {
  const said = Object.entries(options).map(
    ([name, value]) => [name, String(value)] as [string, string],
  )
  return new URLSearchParams(said).toString()
}

function isTarget(value: unknown): value is ArtefactTarget {
  return typeof value === 'string' && Object.hasOwn(ARTEFACT_TARGETS, value)
}
