import type { Action } from '@keyroster/api/roles.ts'
import { Anchor } from '@mantine/core'
import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { useMay } from './may.ts'

type AllowedLinkProps = {
  /** What the page that it leads to asks for. */
  action: Action
  to: string
  children: ReactNode
}

/** A link within text, for whoever may read where it leads; the bare words for everybody else. */
export function AllowedLink({ action, to, children }: AllowedLinkProps) {
  if (!useMay(action)) return <>{children}</>
  return (
    <Anchor component={Link} to={to} size="sm" underline="always">
      {children}
    </Anchor>
  )
}
