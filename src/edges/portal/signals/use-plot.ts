import { useComputedColorScheme } from '@mantine/core'
import { useEffect, useRef, type RefObject } from 'react'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { useWidth } from '../fleet/use-width.ts'
import { readInk, type ChartInk } from './chart-ink.ts'
import type { PlotCalls } from './plot-scene.ts'

interface Drawing<Scene> {
  readonly scene: Scene
  readonly columns: uPlot.AlignedData
  readonly calls: PlotCalls
}

/**
 * Draws into the box that it gives. The drawing is made once a width, scheme and shape; new numbers
 * only move its lines.
 */
export function usePlot<Scene>(
  drawing: Drawing<Scene>,
  /** Of another shape it is drawn anew. */
  shape: unknown,
  optionsOf: (ink: ChartInk, width: number, scene: () => Scene, calls: PlotCalls) => uPlot.Options,
): RefObject<HTMLDivElement | null> {
  const box = useRef<HTMLDivElement>(null)
  const made = useRef<{ readonly plot: uPlot; readonly shape: unknown }>(null)
  const width = useWidth(box)
  const scheme = useComputedColorScheme()
  const latest = useRef({ ...drawing, optionsOf })
  useEffect(() => {
    latest.current = { ...drawing, optionsOf }
    if (made.current?.shape === shape) made.current?.plot.setData(drawing.columns)
  }, [drawing, optionsOf, shape])
  useEffect(() => {
    if (box.current === null || width === null || width === 0) return
    const options = latest.current.optionsOf(readInk(), width, () => latest.current.scene, {
      onCursor: (step) => latest.current.calls.onCursor(step),
      onZoom: (fromMs, toMs) => latest.current.calls.onZoom(fromMs, toMs),
    })
    const plot = new uPlot(options, latest.current.columns, box.current)
    made.current = { plot, shape }
    return () => {
      made.current = null
      plot.destroy()
    }
  }, [width, scheme, shape])
  return box
}
