// What the wopi-validator's schema of CheckFileInfo lets through: these properties, of these types, and no other. A
// property of CSPP Plus (SupportsCoauth, ServerTime, SharingStatus, ...) is none of them: a host that sends one, were it
// `false`, is held to another schema, whose eight properties of that kind are all required.
const TYPES: readonly [names: string, what: string, holds: (value: unknown) => boolean][] = [
  [
    `BaseFileName BreadcrumbBrandName BreadcrumbDocName BreadcrumbFolderName ComplianceDomainPrefix HostAuthenticationId
    HostNotes IrmPolicyDescription IrmPolicyTitle OwnerId PresenceProvider PresenceUserId SHA256 TenantId TimeZone
    UniqueContentId UserFriendlyName UserId UserInfo UserPrincipalName Version AADUserObjectId AppliedPolicyId
    EmbeddingPageSessionInfo HostAuthenticationIdType HostName LicensedOrganization SafeLinksStatus`,
    'a string',
    (value) => typeof value === 'string',
  ],
  ['FileExtension', 'a string that begins with a dot', (value) => typeof value === 'string' && value.startsWith('.')],
  ['FileNameMaxLength Size', 'an integer', Number.isInteger],
  [
    `AllowAdditionalMicrosoftServices AllowErrorReportPrompt AllowExternalMarketplace CloseButtonClosesWindow
    DisableBrowserCachingOfUserContent DisablePrint DisableTranslation IsAnonymousUser IsEduUser
    LicenseCheckForEditIsEnabled ProtectInClient ReadOnly RestrictedWebViewOnly SupportsCobalt SupportsContainers
    SupportsDeleteFile SupportsEcosystem SupportsExtendedLockLength SupportsFileCreation SupportsFolders
    SupportsGetFileWopiSrc SupportsGetLock SupportsLocks SupportsRename SupportsScenarioLinks SupportsSecureStore
    SupportsUpdate SupportsUserInfo TemporarilyNotWritable UserCanAttend UserCanNotWriteRelative UserCanPresent
    UserCanRename UserCanWrite WebEditingDisabled AppStateHistoryPostMessage ClosePostMessage EditModePostMessage
    EditNotificationPostMessage FileEmbedCommandPostMessage FileSharingPostMessage FileVersionPostMessage
    WorkflowPostMessage AllowAddActivitiesUserBatching AllowEarlyFeatures EditingCannotSave InsertImagePostMessage
    IsYammerEnabled OpenInClientPostMessage PermissionsPostMessage PolicyCheckPostMessage ProtectedFile
    ReportAbusePostMessage SupportsAddActivities SupportsCheckPolicy SupportsCheckUserAccess SupportsContactsResolution
    SupportsFileUserValue SupportsGetActivities SupportsGrantUserAccess SupportsPolicies SupportsReviewing UserCanReview`,
    'a boolean',
    (value) => typeof value === 'boolean',
  ],
  [
    `BreadcrumbBrandUrl BreadcrumbFolderUrl ClientUrl CloseUrl DownloadUrl EditAndReplyUrl FileEmbedCommandUrl
    FileSharingUrl FileUrl FileVersionUrl HostEditUrl HostEmbeddedEditUrl HostEmbeddedViewUrl HostViewUrl HostRestUrl
    SignInUrl SignoutUrl WorkflowUrl PostMessageOrigin AppCatalogUrl BreadcrumbDocUrl DirectInvokeDAVUrl
    EmbeddingPageOrigin HostDivSyndicationViewUrl OpenInClientCommandUrl PrivacyUrl ReportAbuseUrl TermsOfUseUrl`,
    'an absolute URL, or empty',
    (value) => value === '' || (typeof value === 'string' && URL.canParse(value)),
  ],
  ['LastModifiedTime', 'a time', (value) => typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.test(value)],
  ['ClientThrottlingProtection', 'a degree', oneOf('MostProtected Protected Normal LessProtected LeastProtected')],
  ['CopyPasteRestrictions', 'a restriction', oneOf('BlockAll CurrentDocumentOnly')],
  ['RequestedCallThrottling', 'a degree', oneOf('Unknown Normal Minor Medium Major Critical')],
  ['CobaltCapabilities', 'a list of them', listOf('DownloadStreaming')],
  ['SupportedShareUrlTypes', 'a list of them', listOf('ReadOnly ReadWrite')],
  ['WorkflowType', 'a list of them', listOf('Assign Submit')],
  ['EnabledApplicationFeatures', 'a list', Array.isArray],
];

const REQUIRED = ['BaseFileName', 'OwnerId', 'Size', 'UserId', 'Version'];

const PROPERTIES = new Map(
  TYPES.flatMap(([names, what, holds]) => names.split(/\s+/).map((name) => [name, { what, holds }] as const)),
);

/** What the validator's schema finds wrong with an answer of CheckFileInfo. */
export function schemaProblems(info: Readonly<Record<string, unknown>>): string[] {
  return [
    ...REQUIRED.filter((name) => !(name in info)).map((name) => `${name} is missing`),
    ...Object.entries(info).flatMap(([name, value]) => {
      const property = PROPERTIES.get(name);
      if (property === undefined) {
        return [`${name} is no property that the validator knows`];
      }
      return property.holds(value) ? [] : [`${name} is ${JSON.stringify(value)}, not ${property.what}`];
    }),
  ];
}

function oneOf(words: string) {
  return (value: unknown): boolean => value === '' || words.split(' ').includes(value as string);
}

function listOf(words: string) {
  return (value: unknown): boolean => Array.isArray(value) && value.every((item) => words.split(' ').includes(item));
}
