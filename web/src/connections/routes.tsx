import type { RouteObject } from 'react-router'

export const connectionRoutes: RouteObject[] = []
