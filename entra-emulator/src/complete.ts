import { randomUUID } from 'node:crypto'
import type { DirectoryGroup, DirectoryUser } from './directory.ts'

/** A time as Graph writes it: UTC, without milliseconds. */
export function graphTime(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`
}

/** Fills in what is missing of a user, as for an account made in the admin centre. */
export function completeUser(user: Partial<DirectoryUser>, now: Date): DirectoryUser {
  const id = user.id ?? randomUUID()
  const userPrincipalName = user.userPrincipalName ?? `${id}@M365x214355.onmicrosoft.com`
  const mail = user.mail ?? null
  return {
    id,
    userPrincipalName,
    displayName: [user.givenName, user.surname].filter(Boolean).join(' ') || userPrincipalName,
    givenName: null,
    surname: null,
    mail,
    mailNickname: userPrincipalName.split(/[@#]/)[0]!,
    otherMails: [],
    // The primary address is written SMTP: in upper case.
    proxyAddresses: mail ? [`SMTP:${mail}`] : [],
    jobTitle: null,
    department: null,
    companyName: null,
    employeeId: null,
    officeLocation: null,
    mobilePhone: null,
    businessPhones: [],
    preferredLanguage: null,
    usageLocation: null,
    accountEnabled: true,
    userType: 'Member',
    creationType: null,
    externalUserState: null,
    createdDateTime: graphTime(now),
    ...user,
  }
}

/** Fills in what is missing of a group: a security group unless its types say otherwise. */
export function completeGroup(group: Partial<DirectoryGroup>, now: Date): DirectoryGroup {
  const id = group.id ?? randomUUID()
  const displayName = group.displayName ?? 'Group'
  const unified = group.groupTypes?.includes('Unified') ?? false
  const dynamic = group.groupTypes?.includes('DynamicMembership') ?? false
  return {
    id,
    displayName,
    description: null,
    mail: null,
    mailEnabled: unified,
    mailNickname: displayName.replace(/[^A-Za-z0-9]/g, '') || id,
    securityEnabled: !unified,
    groupTypes: [],
    membershipRule: null,
    membershipRuleProcessingState: dynamic ? 'On' : null,
    isAssignableToRole: null,
    visibility: unified ? 'Private' : null,
    createdDateTime: graphTime(now),
    ...group,
  }
}
