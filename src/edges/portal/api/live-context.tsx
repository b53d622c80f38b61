import { useQueryClient } from '@tanstack/react-query'
import {
  createContext,
  useContext,
  useEffect,
  useState,
  useSyncExternalStore,
  type ReactNode,
} from 'react'
import { makeLive, type Live, type LiveState } from './live.ts'
import { makeRefresh } from './refresh.ts'

const LiveContext = createContext<Live | null>(null)

/** Opens the live line for as long as somebody is signed in, and asks for what is shown again on
 *  every tick. */
export function LiveProvider({ children }: { children: ReactNode }): ReactNode {
  const client = useQueryClient()
  const [live] = useState(() => makeLive('/api/v1/live', makeRefresh(client)))
  useEffect(() => live.open(), [live])
  return <LiveContext value={live}>{children}</LiveContext>
}

export function useLive(): Live {
  const live = useContext(LiveContext)
  if (live === null) throw new Error('assertion failed: useLive below LiveProvider')
  return live
}

export function useLiveState(): LiveState {
  const live = useLive()
  return useSyncExternalStore(live.subscribe, live.state)
}
