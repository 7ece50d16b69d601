import { Navigate, type RouteObject } from 'react-router'
import { connectionRoutes } from './connections/routes.tsx'
import { GroupPage } from './groups/group-page.tsx'
import { GroupsPage } from './groups/groups-page.tsx'
import { importRoutes } from './imports/routes.tsx'
import { paths } from './paths.ts'
import { PasskeysPage } from './session/passkeys-page.tsx'
import { SignInPage } from './session/sign-in-page.tsx'
import { ErrorPage } from './shell/error-page.tsx'
import { NotFoundPage } from './shell/not-found-page.tsx'
import { Shell } from './shell/shell.tsx'
import { EditUserPage } from './users/edit-user-page.tsx'
import { NewUserPage } from './users/new-user-page.tsx'
import { UserPage } from './users/user-page.tsx'
import { UsersPage } from './users/users-page.tsx'

/** Every page of the panel; each room adds its own. */
export const routes: RouteObject[] = [
  { path: paths.signIn(), element: <SignInPage />, errorElement: <ErrorPage /> },
  {
    element: <Shell />,
    errorElement: <ErrorPage />,
    children: [
      {
        errorElement: <ErrorPage />,
        children: [
          { index: true, element: <Navigate to={paths.users()} replace /> },
          { path: paths.users(), element: <UsersPage /> },
          { path: paths.newUser(), element: <NewUserPage /> },
          { path: paths.user(':id'), element: <UserPage /> },
          { path: paths.editUser(':id'), element: <EditUserPage /> },
          { path: paths.groups(), element: <GroupsPage /> },
          { path: paths.group(':id'), element: <GroupPage /> },
          { path: paths.passkeys(), element: <PasskeysPage /> },
          ...importRoutes,
          ...connectionRoutes,
          { path: '*', element: <NotFoundPage /> },
        ],
      },
    ],
  },
]
