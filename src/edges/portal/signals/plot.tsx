import { useCallback, useMemo, type ReactNode } from 'react'
import type uPlot from 'uplot'
import { inWords, type ChartData } from './chart-data.ts'
import type { ChartInk } from './chart-ink.ts'
import { plotOptions } from './plot-options.ts'
import type { PlotCalls, PlotScene } from './plot-scene.ts'
import type { ChartRow } from './signal-charts.ts'
import styles from './signals.module.css'
import { usePlot } from './use-plot.ts'

/** The drawing of signals. */
export function Plot({
  row,
  data,
  scene,
  calls,
}: {
  row: ChartRow
  data: ChartData
  scene: PlotScene
  calls: PlotCalls
}): ReactNode {
  const drawing = useMemo(() => ({ scene, calls, columns: columns(data) }), [data, scene, calls])
  const optionsOf = useCallback(
    (ink: ChartInk, width: number, now: () => PlotScene, each: PlotCalls) =>
      plotOptions(row, ink, width, now, each),
    [row],
  )
  const box = usePlot(drawing, row, optionsOf)
  return <div ref={box} className={styles.plot} role="img" aria-label={inWords(row, data)} />
}

function columns({ atSeconds, values }: ChartData): uPlot.AlignedData {
  return [atSeconds, ...values]
}
