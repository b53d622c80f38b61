import { useComputedColorScheme } from '@mantine/core'
import { useEffect, useRef, type ReactNode } from 'react'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { useWidth } from '../fleet/use-width.ts'
import { readInk } from '../signals/chart-ink.ts'
import type { PlotCalls } from '../signals/plot-scene.ts'
import type { BurndownLines } from './burndown-data.ts'
import { burndownOptions, type BurndownScene } from './burndown-options.ts'
import styles from './slo.module.css'

/** The drawing of a budget. It is made once a width, scheme and set of lines; new numbers only move
 *  its lines. */
export function BurndownPlot({
  scene,
  words,
  calls,
}: {
  scene: BurndownScene
  words: string
  calls: PlotCalls
}): ReactNode {
  const box = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot>(null)
  const width = useWidth(box)
  const scheme = useComputedColorScheme()
  const isCorrected = scene.lines.uncorrected !== null
  const latest = useRef({ scene, calls })
  useEffect(() => {
    const isSameShape = (latest.current.scene.lines.uncorrected !== null) === isCorrected
    latest.current = { scene, calls }
    if (isSameShape) plot.current?.setData(columns(scene.lines))
  }, [scene, calls, isCorrected])
  useEffect(() => {
    if (box.current === null || width === null || width === 0) return
    const options = burndownOptions(readInk(), width, () => latest.current.scene, {
      onCursor: (step) => latest.current.calls.onCursor(step),
      onZoom: (fromMs, toMs) => latest.current.calls.onZoom(fromMs, toMs),
    })
    const made = new uPlot(options, columns(latest.current.scene.lines), box.current)
    plot.current = made
    return () => {
      plot.current = null
      made.destroy()
    }
  }, [width, scheme, isCorrected])
  return <div ref={box} className={styles.plot} role="img" aria-label={words} />
}

function columns({ atSeconds, even, uncorrected, left }: BurndownLines): uPlot.AlignedData {
  return [atSeconds, even, ...(uncorrected === null ? [] : [uncorrected]), left]
}
