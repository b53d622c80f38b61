import { useEffect } from 'react'

/** What each key does. `g f` means one after the other, `mod+k` with Ctrl or Command. */
export type Hotkeys = Readonly<Record<string, (event: KeyboardEvent) => void>>

/** How long the first key of a pair is remembered. */
const PAIR_MS = 1000

/** Listens for keys while the component is shown. Plain keys are left alone while somebody types
 *  or a dialog is open; `mod+` ones are not. */
export function useHotkeys(hotkeys: Hotkeys): void {
  useEffect(() => {
    let first = ''
    let firstAtMs = 0
    const listen = (event: KeyboardEvent): void => {
      const name = keyName(event)
      if (!name.startsWith('mod+') && isTaken(event)) return
      const pair = event.timeStamp - firstAtMs < PAIR_MS ? `${first} ${name}` : ''
      const call = hotkeys[pair] ?? hotkeys[name]
      first = name
      firstAtMs = event.timeStamp
      if (call === undefined) return
      event.preventDefault()
      call(event)
    }
    document.addEventListener('keydown', listen)
    return () => document.removeEventListener('keydown', listen)
  }, [hotkeys])
}

function keyName(event: KeyboardEvent): string {
  return event.ctrlKey || event.metaKey ? `mod+${event.key.toLowerCase()}` : event.key
}

function isTaken(event: KeyboardEvent): boolean {
  const target = event.target
  if (event.altKey || event.defaultPrevented || !(target instanceof HTMLElement)) return true
  return (
    target.closest('input, textarea, select, [contenteditable], [role=dialog], [role=menu]') !==
    null
  )
}
