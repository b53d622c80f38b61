import { useComputedColorScheme } from '@mantine/core'
import { useEffect, useRef, type ReactNode } from 'react'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { useWidth } from '../fleet/use-width.ts'
import { inWords, type ChartData } from './chart-data.ts'
import { readInk } from './chart-ink.ts'
import { plotOptions } from './plot-options.ts'
import type { PlotCalls, PlotScene } from './plot-scene.ts'
import type { ChartRow } from './signal-charts.ts'
import styles from './signals.module.css'

/** One drawing. It is made once a width and scheme; new numbers only move its lines. */
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
  const box = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot>(null)
  const width = useWidth(box)
  const scheme = useComputedColorScheme()
  const latest = useRef({ data, scene, calls })
  useEffect(() => {
    latest.current = { data, scene, calls }
    plot.current?.setData(columns(data))
  }, [data, scene, calls])
  useEffect(() => {
    if (box.current === null || width === null || width === 0) return
    const options = plotOptions(row, readInk(), width, () => latest.current.scene, {
      onCursor: (step) => latest.current.calls.onCursor(step),
      onZoom: (fromMs, toMs) => latest.current.calls.onZoom(fromMs, toMs),
    })
    const made = new uPlot(options, columns(latest.current.data), box.current)
    plot.current = made
    return () => {
      plot.current = null
      made.destroy()
    }
  }, [row, width, scheme])
  return <div ref={box} className={styles.plot} role="img" aria-label={inWords(row, data)} />
}

function columns({ atSeconds, values }: ChartData): uPlot.AlignedData {
  return [atSeconds, ...values]
}
