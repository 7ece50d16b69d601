import { Navigate, type RouteObject } from 'react-router'
import { AccountPage } from './account/account-page.tsx'
import { AuditPage } from './audit/audit-page.tsx'
import { connectionRoutes } from './connections/routes.tsx'
import { GroupPage } from './groups/group-page.tsx'
import { GroupsPage } from './groups/groups-page.tsx'
import { importRoutes } from './imports/routes.tsx'
import { paths } from './paths.ts'
import { InvitePage } from './people/invite-page.tsx'
import { PeoplePage } from './people/people-page.tsx'
import { PersonPage } from './people/person-page.tsx'
import { guarded } from './session/guard.tsx'
import { InvitationPage } from './session/invitation-page.tsx'
import { SignInPage } from './session/sign-in-page.tsx'
import { SettingsPage } from './settings/settings-page.tsx'
import { ErrorPage } from './shell/error-page.tsx'
import { NotFoundPage } from './shell/not-found-page.tsx'
import { Shell } from './shell/shell.tsx'
import { NewTokenPage } from './tokens/new-token-page.tsx'
import { TokensPage } from './tokens/tokens-page.tsx'
import { EditUserPage } from './users/edit-user-page.tsx'
import { NewUserPage } from './users/new-user-page.tsx'
import { UserPage } from './users/user-page.tsx'
import { UsersPage } from './users/users-page.tsx'

/** Every page of the panel; each room adds its own. */
export const routes: RouteObject[] = [
  { path: paths.signIn(), element: <SignInPage />, errorElement: <ErrorPage /> },
  { path: paths.invitation(), element: <InvitationPage />, errorElement: <ErrorPage /> },
  {
    element: <Shell />,
    errorElement: <ErrorPage />,
    children: [
      {
        errorElement: <ErrorPage />,
        children: [
          { index: true, element: <Navigate to={paths.users()} replace /> },
          { path: paths.account(), element: <AccountPage /> },
          ...guarded('users.read', [
            { path: paths.users(), element: <UsersPage /> },
            { path: paths.user(':id'), element: <UserPage /> },
          ]),
          ...guarded('users.edit', [
            { path: paths.newUser(), element: <NewUserPage /> },
            { path: paths.editUser(':id'), element: <EditUserPage /> },
          ]),
          ...guarded('groups.read', [
            { path: paths.groups(), element: <GroupsPage /> },
            { path: paths.group(':id'), element: <GroupPage /> },
          ]),
          ...importRoutes,
          ...connectionRoutes,
          ...guarded('admins.read', [
            { path: paths.people(), element: <PeoplePage /> },
            { path: paths.person(':id'), element: <PersonPage /> },
          ]),
          ...guarded('admins.edit', [{ path: paths.invite(), element: <InvitePage /> }]),
          ...guarded('tokens.read', [{ path: paths.tokens(), element: <TokensPage /> }]),
          ...guarded('tokens.create', [{ path: paths.newToken(), element: <NewTokenPage /> }]),
          ...guarded('audit.read', [{ path: paths.audit(), element: <AuditPage /> }]),
          ...guarded('settings.read', [{ path: paths.settings(), element: <SettingsPage /> }]),
          { path: '*', element: <NotFoundPage /> },
        ],
      },
    ],
  },
]
