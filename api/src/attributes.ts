import { z } from 'zod'

/** The attributes of a person that an import may set, in the order screens show them. */
export const attributeNames = [
  'displayName',
  'email',
  'givenName',
  'surname',
  'userPrincipalName',
  'jobTitle',
  'department',
  'employeeId',
  'officeLocation',
  'mobilePhone',
  'preferredLanguage',
  'userType',
  'accountEnabled',
] as const

export const attributeName = z.enum(attributeNames)
export type AttributeName = z.infer<typeof attributeName>

/** What a screen calls each attribute. */
export const attributeLabels: Record<AttributeName, string> = {
  displayName: 'Display name',
  email: 'Email',
  givenName: 'Given name',
  surname: 'Surname',
  userPrincipalName: 'User principal name',
  jobTitle: 'Job title',
  department: 'Department',
  employeeId: 'Employee ID',
  officeLocation: 'Office location',
  mobilePhone: 'Mobile phone',
  preferredLanguage: 'Preferred language',
  userType: 'User type',
  accountEnabled: 'Account enabled',
}
