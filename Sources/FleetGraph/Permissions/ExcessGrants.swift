// Tools that watch rooms are often granted whatever a vendor's page lists. Every grant beyond need is something that
// whoever steals the credential may do, so each is named with what it would let them do, and the worst come first.

/// A permission that is granted and that nothing here needs.
public struct ExcessGrant: Sendable, Hashable {
    /// How much harm it can do, the least first.
    public enum Danger: Int, Sendable, Hashable, Comparable, CaseIterable {
        /// Part of Roomwatch's own list, for a module that is switched off or not in this version.
        case unused
        /// More than is needed.
        case broad
        /// Opens what people write, say or keep, or commands devices.
        case intrusive
        /// Whoever holds it can take the tenant over.
        case takeover

        public static func < (a: Danger, b: Danger) -> Bool { a.rawValue < b.rawValue }
    }

    /// As the token spells it, bounded and without control characters.
    public var role: String
    public var danger: Danger
    /// Why Roomwatch does not want it, as a sentence.
    public var reason: String
    /// Whether ``reason`` was written for this very permission or its family, rather than for any.
    public var isKnown: Bool

    /// What is known of a permission.
    ///
    /// - Parameter ours: whether some module of Roomwatch would use it.
    init(_ role: String, ours: Bool) {
        self.role = role
        if ours {
            danger = .unused
            reason = "No module that is switched on in this version uses it."
            isKnown = true
            return
        }
        let lower = role.lowercased()
        if let family = Family.all.first(where: { $0.includes(lower) }) {
            danger = family.danger
            reason = family.reason
            isKnown = true
        } else {
            let writes = lower.contains("write") || lower.contains("manage") || lower.contains("fullcontrol")
            danger = writes ? .intrusive : .broad
            reason =
                "Roomwatch has no use for it and does not know what it opens; whoever gets hold of the credential could "
                + (writes ? "change what it covers." : "use it.")
            isKnown = false
        }
    }
}

/// Permissions that are unwanted for one reason.
private struct Family {
    /// Whole names in lower case, or their beginnings where they end in `*`.
    let names: [String]
    let danger: ExcessGrant.Danger
    let reason: String

    init(_ danger: ExcessGrant.Danger, _ names: [String], _ reason: String) {
        self.danger = danger
        self.names = names.map { $0.lowercased() }
        self.reason = reason
    }

    func includes(_ role: String) -> Bool {
        names.contains { name in
            name.hasSuffix("*") ? role.hasPrefix(name.dropLast()) : role == name
        }
    }

    /// The first that includes a permission counts, so what is particular stands before its family.
    static let all: [Family] =
        takeovers + passwords + chats + mail + calls + calendars + files + devices + directory + presence + tenant

    private static let takeovers = [
        Family(
            .takeover, ["AppRoleAssignment.ReadWrite.All"],
            "It can grant any permission to any application, itself included, so it amounts to Global Administrator."),
        Family(
            .takeover, ["RoleManagement.ReadWrite.Directory"],
            "It can make anybody Global Administrator, so the whole tenant hangs on this one credential."),
        Family(
            .takeover,
            [
                "RoleManagement.ReadWrite.*", "RoleAssignmentSchedule.ReadWrite.*",
                "RoleEligibilitySchedule.ReadWrite.*",
                "RoleManagementPolicy.ReadWrite.*", "PrivilegedAccess.ReadWrite.*",
                "PrivilegedAssignmentSchedule.ReadWrite.*", "PrivilegedEligibilitySchedule.ReadWrite.*",
            ],
            "It can hand out administrative roles, which a monitor never does."),
        Family(
            .broad,
            ["RoleManagement.*", "RoleAssignmentSchedule.*", "RoleEligibilitySchedule.*", "PrivilegedAccess.*"],
            "It shows who administers the tenant, which tells an attacker whom to go after and a monitor nothing."),
        Family(
            .takeover, ["Application.ReadWrite.All", "Application.ReadWrite.OwnedBy"],
            "It can add a secret to other applications and act with their permissions."),
        Family(
            .takeover, ["Directory.ReadWrite.All", "Directory.Write.Restricted"],
            "It can change nearly everything in the directory, groups and their members included; rooms are only read."),
        Family(
            .takeover, ["Policy.ReadWrite.*", "Domain.ReadWrite.All", "IdentityProvider.ReadWrite.All"],
            "It can weaken how the whole tenant signs in."),
        Family(
            .takeover, ["DelegatedPermissionGrant.ReadWrite.All", "EntitlementManagement.ReadWrite.All"],
            "It can give consent on behalf of people."),
    ]

    private static let passwords = [
        Family(
            .takeover,
            [
                "UserAuthenticationMethod.ReadWrite.All", "UserAuthMethod-*",
                "User-PasswordProfile.ReadWrite.All", "User-ConvertToInternal.ReadWrite.All",
            ],
            "It can reset passwords and second factors, and with them take over accounts; Roomwatch never touches a "
                + "password and asks for no such permission."),
        Family(
            .broad, ["UserAuthenticationMethod.*"],
            "It shows with which methods people sign in; a room's password is no business of a monitor."),
        Family(
            .intrusive,
            ["User.ReadWrite.All", "User.EnableDisableAccount.All", "User.DeleteRestore.All", "User.Invite.All"],
            "It can change and disable accounts; Roomwatch only reads them (User.Read.All)."),
        Family(
            .intrusive, ["User.ManageIdentities.All", "User.RevokeSessions.All"],
            "It can change how people sign in or sign them out; Roomwatch only reads accounts (User.Read.All)."),
        Family(
            .broad, ["User.Export.All"],
            "It can export what Microsoft keeps about a person; rooms need nothing of it."),
    ]

    private static let chats = [
        Family(
            .intrusive, ["Chat.Create", "Chat.ManageDeletion.All", "Teamwork.Migrate.All"],
            "It can begin, delete or forge conversations; Roomwatch tells people through webhooks alone."),
        Family(
            .intrusive, ["Chat.ReadBasic.All", "ChatMember.*"],
            "It shows who talks with whom in Teams; whether a room works does not hang on it."),
        Family(
            .intrusive, ["Chat.*", "ChatMessage.*"],
            "It opens everybody's Teams chats; Roomwatch never reads a conversation."),
        Family(
            .intrusive, ["ChannelMessage.*", "ChannelMember.*", "ChannelSettings.*"],
            "It opens what is written in Teams channels; Roomwatch posts through a workflow's webhook and reads none."),
        Family(
            .broad,
            [
                "Channel.*", "Team.*", "TeamMember.*", "TeamSettings.*", "TeamsTab.*", "TeamsAppInstallation.*",
                "TeamsApp.*", "TeamsActivity.*", "AppCatalog.*", "TeamTemplates.*",
            ],
            "It concerns teams, channels and apps; rooms are watched without them."),
    ]

    private static let mail = [
        Family(
            .intrusive, ["Mail.Send", "Mail.Send.*"],
            "It can send mail as anybody in the tenant; Roomwatch mails over SMTP with an account of its own."),
        Family(
            .intrusive, ["Mail.ReadWrite*"],
            "It can read, change and delete everybody's mail; Roomwatch reads no mailbox."),
        Family(
            .intrusive, ["Mail.*"],
            "It opens everybody's mail; Roomwatch reads no mailbox."),
        Family(
            .intrusive,
            [
                "MailboxSettings.*", "MailboxFolder.*", "MailboxItem.*", "full_access_as_app", "IMAP.*", "POP.*",
                "SMTP.*",
            ],
            "It opens mailboxes beyond their free/busy times, which are all that Roomwatch asks for."),
        Family(
            .broad, ["Contacts.*", "Notes.*", "Tasks.*", "People.*"],
            "It opens people's contacts, notes and tasks; a room has none that matter."),
    ]

    private static let calls = [
        Family(
            .intrusive, ["OnlineMeetingRecording.*"],
            "It opens recordings of meetings; whether a room works is seen without hearing what is said in it."),
        Family(
            .intrusive, ["OnlineMeetingTranscript.*", "OnlineMeetingAiInsight.*"],
            "It opens what was said in meetings word by word; Roomwatch never stores even their subjects."),
        Family(
            .intrusive, ["CallRecording*", "CallTranscript*", "CallAiInsight*"],
            "It opens recordings and transcripts of calls; Roomwatch looks at quality figures alone."),
        Family(
            .intrusive, ["OnlineMeetings.ReadWrite*"],
            "It can make and change meetings of everybody; Roomwatch makes none."),
        Family(
            .intrusive,
            ["OnlineMeetings.*", "OnlineMeetingArtifact.*", "VirtualEvent.*", "VirtualEventRegistration-*"],
            "It shows the details of online meetings, join links among them; free/busy times are enough."),
        Family(
            .intrusive, ["Calls.AccessMedia.All"],
            "It lets the application hear and see calls that it joins; a monitor of rooms must never be able to."),
        Family(
            .intrusive, ["Calls.JoinGroupCall*"],
            "It lets the application join meetings, unseen where it joins as a guest; a monitor stays outside."),
        Family(
            .intrusive, ["Calls.Initiate*"],
            "It lets the application ring people and rooms; Roomwatch calls nobody."),
        Family(
            .intrusive, ["Calls.*"],
            "It lets the application take part in calls; Roomwatch only counts them."),
    ]

    private static let calendars = [
        Family(
            .intrusive, ["Calendars.ReadWrite*"],
            "It can read, change and delete every calendar of the tenant, people's included; free/busy times "
                + "(Calendars.ReadBasic.All) are enough."),
        Family(
            .intrusive, ["Calendars.Read"],
            "It opens subjects, bodies and attendees of every calendar of the tenant; free/busy times "
                + "(Calendars.ReadBasic.All) are enough."),
        Family(
            .intrusive, ["Calendars.*"], "It opens calendars further than the free/busy times that Roomwatch reads."),
        Family(
            .intrusive, ["Place.ReadWrite.All", "PlaceDevice.ReadWrite.All"],
            "It can rename and move buildings and rooms; Roomwatch only reads them (Place.Read.All)."),
        Family(
            .broad, ["PlaceDevice*", "Bookings.*", "BookingsAppointment.*"],
            "It concerns sensors or appointment pages, which this version does not read."),
    ]

    private static let files = [
        Family(
            .takeover, ["Sites.FullControl.All"],
            "It owns every SharePoint site of the tenant, its permissions included; Roomwatch opens none."),
        Family(
            .intrusive, ["Files.*", "Sites.*", "FileStorageContainer.*", "Lists.*", "TermStore.*"],
            "It opens documents in OneDrive and SharePoint; Roomwatch reads and writes none."),
    ]

    private static let devices = [
        Family(
            .takeover,
            [
                "DeviceManagementConfiguration.ReadWrite.All", "DeviceManagementScripts.ReadWrite.All",
                "DeviceManagementRBAC.ReadWrite.All",
            ],
            "It can run scripts and settings on every managed computer of the tenant."),
        Family(
            .intrusive, ["DeviceManagementManagedDevices.PrivilegedOperations.All"],
            "It can wipe and lock every managed device of the tenant."),
        Family(
            .intrusive, ["DeviceManagement*"],
            "It concerns Intune, where people's computers are managed; rooms are watched through Teams alone."),
        Family(
            .intrusive, ["TeamworkDevice.ReadWrite.All"],
            "It can restart and update Teams devices; this version sends no commands (TeamworkDevice.Read.All)."),
        Family(
            .intrusive, ["DeviceLocalCredential.*", "BitlockerKey.*"],
            "It opens local administrator passwords or disk keys."),
        Family(
            .broad, ["Device.*", "CloudPC.*", "Printer.*", "PrintJob.*"],
            "It concerns computers and printers; Teams devices have a permission of their own."),
    ]

    private static let directory = [
        Family(
            .broad, ["Directory.Read.All"],
            "It shows the whole directory, groups, applications and administrators included; User.Read.All is enough."),
        Family(
            .intrusive,
            ["Group.ReadWrite.All", "GroupMember.ReadWrite.All", "Group.Create", "AdministrativeUnit.ReadWrite.All"],
            "It can change who belongs to which group, and access hangs on groups; Roomwatch reads none."),
        Family(
            .broad, ["Group.*", "GroupMember.*", "AdministrativeUnit.*", "OrgContact.*", "Member.*"],
            "It shows groups and their members, for some of them their content too; rooms are found by their licence."),
        Family(
            .intrusive, ["Organization.ReadWrite.All", "LicenseAssignment.ReadWrite.All"],
            "It can change the organization or take licences away; Roomwatch only reads them "
                + "(LicenseAssignment.Read.All)."),
        Family(
            .broad, ["Application.Read.All", "DelegatedPermissionGrant.*", "Policy.Read.*", "Domain.Read.All"],
            "It shows every application and policy of the tenant, a map for an attacker; Roomwatch never asks for it."),
        Family(
            .broad, ["User.ReadBasic.All", "Organization.Read.All", "ProfilePhoto.*", "UserShiftPreferences.*"],
            "It adds nothing to what User.Read.All and LicenseAssignment.Read.All show."),
    ]

    private static let presence = [
        Family(
            .intrusive, ["Presence.ReadWrite.All"],
            "It can set anybody's presence, so a room could be made to look well; reading (Presence.Read.All) is enough."
        )
    ]

    private static let tenant = [
        Family(
            .intrusive,
            [
                "SecurityEvents.*", "SecurityActions.*", "SecurityAlert.*", "SecurityIncident.*", "ThreatHunting.*",
                "IdentityRisk*",
            ],
            "It opens the tenant's security findings; a monitor of rooms needs none."),
        Family(
            .intrusive, ["eDiscovery.*", "InformationProtection*", "RecordsManagement.*", "SubjectRightsRequest.*"],
            "It opens content kept for lawyers and regulators; Roomwatch has no business there."),
        Family(
            .broad, ["Reports.*", "ReportSettings.*", "AuditLogsQuery*", "ServiceMessage.*", "ServiceActivity-*"],
            "It opens usage reports, audit or message centre posts, which this version does not read."),
        Family(
            .broad,
            ["CallEvents.*", "CallRecord*", "TeamworkTag.*", "TeamworkAppSettings.*", "TeamsUserConfiguration.*"],
            "It concerns telephony and settings of Teams that this version does not read."),
    ]
}
