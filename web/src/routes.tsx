import { Navigate, type RouteObject } from 'react-router'
import { connectionRoutes } from './connections/routes.tsx'
import { importRoutes } from './imports/routes.tsx'
import { paths } from './paths.ts'
import { NotFoundPage } from './shell/not-found-page.tsx'
import { Shell } from './shell/shell.tsx'

/** Every page of the panel; each room adds its own. */
export const routes: RouteObject[] = [
  {
    element: <Shell />,
    children: [
      { index: true, element: <Navigate to={paths.users()} replace /> },
      ...importRoutes,
      ...connectionRoutes,
      { path: '*', element: <NotFoundPage /> },
    ],
  },
]
