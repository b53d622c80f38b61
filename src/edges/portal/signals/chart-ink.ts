/** The colours of the charts, read from the tokens: a canvas knows no style sheet. */
export interface ChartInk {
  readonly series: Readonly<Record<1 | 2 | 3, string>>
  readonly axis: string
  readonly grid: string
  readonly threshold: string
  readonly warning: string
  readonly mark: string
  readonly open: string
  readonly surface: string
  readonly font: string
}

/** Reads the colours of the scheme that holds now. */
export function readInk(): ChartInk {
  const style = getComputedStyle(document.documentElement)
  const token = (name: string): string => style.getPropertyValue(`--tn-${name}`).trim()
  return {
    series: { 1: token('series-1'), 2: token('series-2'), 3: token('series-3') },
    axis: token('muted'),
    grid: token('line'),
    threshold: token('bad'),
    warning: token('warning'),
    mark: token('faint'),
    open: token('sunken'),
    surface: token('surface'),
    font: `${token('text-small')} ${token('font')}`,
  }
}
