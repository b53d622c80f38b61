import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useFailure } from '../api/answer.ts'
import { LiveProvider } from '../api/live-context.tsx'
import { isSignedOut } from '../api/problem.ts'
import { sessionQuery } from '../api/queries.ts'
import { ErrorNotice } from '../ui/notice.tsx'
import { Shell } from './shell.tsx'
import { SignIn } from './sign-in.tsx'

/** Lets in who is signed in; shows everybody else how to get in. */
export function Gate(): ReactNode {
  const session = useQuery(sessionQuery)
  const failure = useFailure(session)
  if (isSignedOut(session.error ?? failure)) return <SignIn />
  if (session.data !== undefined)
    return (
      <LiveProvider>
        <Shell session={session.data} />
      </LiveProvider>
    )
  if (failure !== null)
    return <ErrorNotice error={failure} onRetry={() => void session.refetch()} />
  return null
}
