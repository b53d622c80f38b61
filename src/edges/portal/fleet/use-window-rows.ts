import { useWindowVirtualizer, type VirtualItem } from '@tanstack/react-virtual'
import { useLayoutEffect, useMemo, useRef, useState, type RefObject } from 'react'
import { useHotkeys } from '../shell/hotkeys.ts'

/** Height of what sticks to the top of the page above the rows: the top bar and the table's
 *  head. Units: px. */
const STUCK_PX = 48 + 36

export interface WindowRows<Box extends HTMLElement> {
  readonly box: RefObject<Box | null>
  readonly items: readonly VirtualItem[]
  /** Room to leave above and below the rows that are drawn. Units: px. */
  readonly beforePx: number
  readonly afterPx: number
  readonly measure: (element: Element | null) => void
}

/** Draws only the rows in view, scrolled by the page itself, and moves the focus through all of
 *  them with j and k. */
export function useWindowRows<Box extends HTMLElement>(
  count: number,
  rowPx: number,
): WindowRows<Box> {
  const box = useRef<Box>(null)
  const [top, setTop] = useState(0)
  useLayoutEffect(() => {
    const place = (): void => {
      if (box.current !== null) setTop(box.current.getBoundingClientRect().top + window.scrollY)
    }
    place()
    const observer = new ResizeObserver(place)
    observer.observe(document.body)
    return () => observer.disconnect()
  }, [])
  const rows = useWindowVirtualizer<Element>({
    count,
    estimateSize: () => rowPx,
    overscan: 10,
    scrollMargin: top,
    scrollPaddingStart: STUCK_PX,
  })
  const { scrollToIndex } = rows
  /** Where the focus is going, while the row is not drawn yet: keys may come faster than frames. */
  const going = useRef<number | null>(null)
  const hotkeys = useMemo(() => {
    const arrive = (): void => {
      if (going.current !== null) focusRow(box.current, going.current)
      going.current = null
    }
    const move = (by: number) => (): void => {
      const next = (going.current ?? focusedIndex(box.current)) + by
      going.current = Math.min(Math.max(next, 0), count - 1)
      scrollToIndex(going.current, { align: 'auto' })
      requestAnimationFrame(() => requestAnimationFrame(arrive))
    }
    return { j: move(1), k: move(-1) }
  }, [count, scrollToIndex])
  useHotkeys(hotkeys)
  const items = rows.getVirtualItems()
  return {
    box,
    items,
    beforePx: (items[0]?.start ?? top) - top,
    afterPx: rows.getTotalSize() - ((items.at(-1)?.end ?? top) - top),
    measure: rows.measureElement,
  }
}

function focusedIndex(box: HTMLElement | null): number {
  const row = document.activeElement?.closest<HTMLElement>('[data-row]')
  return row && box?.contains(row) ? Number(row.dataset.row) : -1
}

function focusRow(box: HTMLElement | null, index: number): void {
  box?.querySelector<HTMLElement>(`[data-row="${index}"] a`)?.focus({ preventScroll: true })
}
