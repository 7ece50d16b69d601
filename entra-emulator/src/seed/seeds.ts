import { contosoTenant } from './contoso.ts'
import { hostileTenant } from './hostile.ts'

/** The tenants that are always alike, by the name that asks for them. */
export const seeds = { contoso: contosoTenant, hostile: hostileTenant } as const
export type SeedName = keyof typeof seeds
