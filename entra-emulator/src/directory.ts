/** The kinds of object that can be a member of a group here. */
export type ObjectType = 'user' | 'group' | 'device' | 'servicePrincipal'

/** A user as Graph names its properties; times are `2019-09-18T09:06:51Z`. Null is Graph's null. */
export interface DirectoryUser {
  readonly id: string
  readonly userPrincipalName: string
  readonly displayName: string
  readonly givenName: string | null
  readonly surname: string | null
  readonly mail: string | null
  readonly mailNickname: string
  readonly otherMails: readonly string[]
  readonly proxyAddresses: readonly string[]
  readonly jobTitle: string | null
  readonly department: string | null
  readonly companyName: string | null
  readonly employeeId: string | null
  readonly officeLocation: string | null
  readonly mobilePhone: string | null
  readonly businessPhones: readonly string[]
  readonly preferredLanguage: string | null
  readonly usageLocation: string | null
  readonly accountEnabled: boolean | null
  readonly userType: 'Member' | 'Guest' | null
  readonly creationType: 'Invitation' | null
  readonly externalUserState: 'PendingAcceptance' | 'Accepted' | null
  readonly createdDateTime: string | null
}

export interface DirectoryGroup {
  readonly id: string
  readonly displayName: string
  readonly description: string | null
  readonly mail: string | null
  readonly mailEnabled: boolean
  readonly mailNickname: string
  readonly securityEnabled: boolean
  readonly groupTypes: readonly ('Unified' | 'DynamicMembership')[]
  readonly membershipRule: string | null
  readonly membershipRuleProcessingState: 'On' | 'Paused' | null
  readonly isAssignableToRole: boolean | null
  readonly visibility: 'Private' | 'Public' | 'HiddenMembership' | null
  readonly createdDateTime: string
}

/** A device or service principal: only there because a group may hold one. */
export interface OtherObject {
  readonly id: string
  readonly type: 'device' | 'servicePrincipal'
  readonly displayName: string
}

export interface MemberRef {
  readonly id: string
  readonly type: ObjectType
}

/** A member with its place in the list: places grow, are never reused, and survive the removal of others. */
export interface PlacedMember extends MemberRef {
  readonly place: number
}

/** What one tenant holds. Reading is lazy, so that a million users need not exist as objects. */
export interface Directory {
  readonly userCount: number
  readonly groupCount: number
  /** JSON of records that Graph would never send; a list of all users ends with them. */
  readonly verbatimUsers: readonly string[]
  /** All users by userPrincipalName, as copies. */
  users(): Iterable<DirectoryUser>
  /** All groups by id, as copies. */
  groups(): Iterable<DirectoryGroup>
  /** The user with this object id; `undefined` if unknown or deleted. */
  user(id: string): DirectoryUser | undefined
  userByPrincipalName(userPrincipalName: string): DirectoryUser | undefined
  group(id: string): DirectoryGroup | undefined

  /**
   * Users whose position is after `after`, in order of position: the folded userPrincipalName. Properties are
   * computed when read and do not show in a spread; use `users()` for copies.
   */
  walkUsers(after?: string): Iterable<DirectoryUser>
  /** When users were made, in order; whoever has no such time is left out. Kept until the next change. */
  creationTimes(): readonly string[]
  /** Groups whose id is after `after`, in order of id; lazy like `walkUsers`. */
  walkGroups(after?: string): Iterable<DirectoryGroup>

  /** Direct members that still exist, from the place after `after` on; empty for an unknown group. */
  memberIds(groupId: string, after?: number): Iterable<PlacedMember>
  memberCount(groupId: string): number
  /** The object that a member is, lazy like `walkUsers`. */
  memberObject(member: MemberRef): DirectoryUser | DirectoryGroup | OtherObject | undefined
  /**
   * Everything reachable from the group, nested groups included, each once; never the group itself. With
   * `throughHidden` false, groups of hidden membership are not looked into.
   */
  transitiveMembers(groupId: string, throughHidden?: boolean): readonly MemberRef[]
  transitiveUserIds(groupId: string): Set<string>

  /** Adds a user; what is missing is filled in. Throws on an id or userPrincipalName already taken. */
  addUser(user: Partial<DirectoryUser>): DirectoryUser
  /** Throws for an unknown id, or a userPrincipalName already taken. The id cannot change. */
  updateUser(id: string, patch: Partial<Omit<DirectoryUser, 'id'>>): DirectoryUser
  /** Adds such a record, counted among the users but found by no id, filter or group. */
  addVerbatimUser(json: string): void
  /** The user is gone from lists and memberships at once; unknown ids are ignored. */
  removeUser(id: string): void
  addGroup(group: Partial<DirectoryGroup>): DirectoryGroup
  updateGroup(id: string, patch: Partial<Omit<DirectoryGroup, 'id'>>): DirectoryGroup
  removeGroup(id: string): void
  addOtherObject(object: OtherObject): void
  /** Throws if the group or the member does not exist; adding twice is once. */
  addMember(groupId: string, memberId: string): void
  removeMember(groupId: string, memberId: string): void
}
