import type { RouteObject } from 'react-router'
import { ConnectPage } from './connect-page.tsx'
import { ConnectionPage } from './connection-page.tsx'
import { ConnectionsPage } from './connections-page.tsx'

export const connectionRoutes: RouteObject[] = [
  { path: '/connections', element: <ConnectionsPage /> },
  { path: '/connections/new', element: <ConnectPage /> },
  { path: '/connections/:id', element: <ConnectionPage /> },
]
