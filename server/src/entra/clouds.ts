import type { Cloud } from '@keyroster/api/connections.ts'
import type { Config } from '../config.ts'

/** Where one cloud signs in and keeps its directory; origins without a trailing slash. */
export interface Endpoints {
  login: string
  graph: string
}

/** https://learn.microsoft.com/en-us/entra/identity-platform/authentication-national-cloud */
const endpointsOfCloud: Record<Cloud, Endpoints> = {
  global: { login: 'https://login.microsoftonline.com', graph: 'https://graph.microsoft.com' },
  'us-government-l4': { login: 'https://login.microsoftonline.us', graph: 'https://graph.microsoft.us' },
  'us-government-l5': { login: 'https://login.microsoftonline.us', graph: 'https://dod-graph.microsoft.us' },
  china: {
    login: 'https://login.partner.microsoftonline.cn',
    graph: 'https://microsoftgraph.chinacloudapi.cn',
  },
}

/** The endpoints of a cloud, unless the environment names others; what a form says never decides where tokens go. */
export function endpointsOf(cloud: Cloud, entra: Config['entra']): Endpoints {
  if (entra === null) return endpointsOfCloud[cloud]
  return { login: entra.loginUrl, graph: entra.graphUrl }
}
