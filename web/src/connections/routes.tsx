import type { RouteObject } from 'react-router'
import { guarded } from '../session/guard.tsx'
import { ConnectPage } from './connect-page.tsx'
import { ConnectionPage } from './connection-page.tsx'
import { ConnectionsPage } from './connections-page.tsx'

export const connectionRoutes: RouteObject[] = [
  ...guarded('connections.read', [
    { path: '/connections', element: <ConnectionsPage /> },
    { path: '/connections/:id', element: <ConnectionPage /> },
  ]),
  ...guarded('connections.edit', [{ path: '/connections/new', element: <ConnectPage /> }]),
]
