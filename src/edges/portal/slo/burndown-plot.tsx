import { useMemo, type ReactNode } from 'react'
import type uPlot from 'uplot'
import type { PlotCalls } from '../signals/plot-scene.ts'
import { usePlot } from '../signals/use-plot.ts'
import type { BurndownLines } from './burndown-data.ts'
import { burndownOptions, type BurndownScene } from './burndown-options.ts'
import styles from './slo.module.css'

/** The drawing of a budget. */
export function BurndownPlot({
  scene,
  words,
  calls,
}: {
  scene: BurndownScene
  words: string
  calls: PlotCalls
}): ReactNode {
  const drawing = useMemo(() => ({ scene, calls, columns: columns(scene.lines) }), [scene, calls])
  const box = usePlot(drawing, scene.lines.uncorrected !== null, burndownOptions)
  return <div ref={box} className={styles.plot} role="img" aria-label={words} />
}

function columns({ atSeconds, even, uncorrected, left }: BurndownLines): uPlot.AlignedData {
  return [atSeconds, even, ...(uncorrected === null ? [] : [uncorrected]), left]
}
