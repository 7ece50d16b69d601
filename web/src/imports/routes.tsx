import type { RouteObject } from 'react-router'
import { guarded } from '../session/guard.tsx'
import { ImportsPage } from './imports-page.tsx'
import { RunPage } from './run/run-page.tsx'
import { ConnectStep } from './wizard/connect-step.tsx'
import { ExistingStep } from './wizard/existing-step.tsx'
import { SourceStep } from './wizard/source-step.tsx'
import { WhoStep } from './wizard/who-step.tsx'
import { Wizard } from './wizard/wizard.tsx'

export const importRoutes: RouteObject[] = [
  ...guarded('imports.read', [
    { path: '/imports', element: <ImportsPage /> },
    { path: '/imports/:id', element: <RunPage /> },
  ]),
  ...guarded('imports.run', [
    {
      path: '/imports/new',
      element: <Wizard />,
      children: [
        { index: true, element: <SourceStep /> },
        { path: 'connect', element: <ConnectStep /> },
        { path: 'who', element: <WhoStep /> },
        { path: 'existing', element: <ExistingStep /> },
      ],
    },
  ]),
]
