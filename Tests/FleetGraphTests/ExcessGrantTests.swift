// What vendors of such tools commonly ask for is refused each for a reason of its own.

import FleetGraph
import Testing

@Suite("Grants beyond need")
struct ExcessGrantTests {
    private func grant(_ role: String) throws -> ExcessGrant {
        let review = try #require(PermissionReview(roles: [role, "User.Read.All"], modules: [.detection]))
        return try #require(review.excessGrants.first)
    }

    @Test(
        "each family has its danger and its own reason",
        arguments: [
            ("AppRoleAssignment.ReadWrite.All", ExcessGrant.Danger.takeover, "Global Administrator"),
            ("RoleManagement.ReadWrite.Directory", .takeover, "Global Administrator"),
            ("RoleManagement.ReadWrite.Exchange", .takeover, "administrative roles"),
            ("RoleManagement.Read.Directory", .broad, "who administers"),
            ("Application.ReadWrite.All", .takeover, "add a secret to other applications"),
            ("Application.ReadWrite.OwnedBy", .takeover, "add a secret"),
            ("Directory.ReadWrite.All", .takeover, "the directory"),
            ("UserAuthenticationMethod.ReadWrite.All", .takeover, "reset passwords"),
            ("User-PasswordProfile.ReadWrite.All", .takeover, "reset passwords"),
            ("User.ReadWrite.All", .intrusive, "disable accounts"),
            ("Chat.Read.All", .intrusive, "chats"), ("Chat.ReadWrite.All", .intrusive, "chats"),
            ("chat.readwrite.all", .intrusive, "chats"), ("Chat.ReadBasic.All", .intrusive, "who talks with whom"),
            ("ChannelMessage.Read.All", .intrusive, "channels"), ("Mail.Read", .intrusive, "everybody's mail"),
            ("Mail.ReadWrite", .intrusive, "change and delete"), ("Mail.Send", .intrusive, "send mail as anybody"),
            ("OnlineMeetingRecording.Read.All", .intrusive, "recordings"),
            ("OnlineMeetingTranscript.Read.All", .intrusive, "word by word"),
            ("OnlineMeetings.Read.All", .intrusive, "join links"),
            ("OnlineMeetings.ReadWrite.All", .intrusive, "make and change meetings"),
            ("Calls.AccessMedia.All", .intrusive, "hear and see"),
            ("Calls.JoinGroupCall.All", .intrusive, "join meetings"),
            ("Calls.JoinGroupCallAsGuest.All", .intrusive, "join meetings"),
            ("Calls.Initiate.All", .intrusive, "ring people"),
            ("Calls.InitiateGroupCall.All", .intrusive, "ring people"),
            ("Files.Read.All", .intrusive, "OneDrive"), ("Sites.FullControl.All", .takeover, "owns every SharePoint"),
            ("Sites.Read.All", .intrusive, "SharePoint"), ("Calendars.Read", .intrusive, "subjects"),
            ("Calendars.ReadWrite", .intrusive, "delete every calendar"),
            ("DeviceManagementManagedDevices.Read.All", .intrusive, "Intune"),
            ("DeviceManagementManagedDevices.PrivilegedOperations.All", .intrusive, "wipe"),
            ("DeviceManagementConfiguration.ReadWrite.All", .takeover, "run scripts"),
            ("TeamworkDevice.ReadWrite.All", .intrusive, "restart and update"),
            ("Group.Read.All", .broad, "groups"), ("Directory.Read.All", .broad, "whole directory"),
            ("Presence.ReadWrite.All", .intrusive, "set anybody's presence"),
            ("Place.ReadWrite.All", .intrusive, "rename"),
        ])
    func known(_ role: String, _ danger: ExcessGrant.Danger, _ says: String) throws {
        let grant = try grant(role)
        #expect(grant.role == role && grant.danger == danger && grant.isKnown)
        #expect(grant.reason.contains(says), "\(grant.reason)")
        #expect(grant.reason.hasSuffix(".") && !grant.reason.contains("  "))
    }

    @Test("of what nobody knows that is said, and writing weighs more")
    func unknown() throws {
        let read = try grant("Foo.Read.All")
        #expect(!read.isKnown && read.danger == .broad && read.reason.contains("does not know what it opens"))
        let write = try grant("Foo.ReadWrite.All")
        #expect(!write.isKnown && write.danger == .intrusive && write.reason.contains("change"))
    }

    @Test("what a later module would use is unused and no more")
    func unused() throws {
        let grant = try grant("CallRecords.Read.All")
        #expect(grant.danger == .unused && grant.reason.contains("No module that is switched on"))
    }

    @Test("the worst comes first, and a replacement is named in the remedy")
    func order() throws {
        let roles = [
            "Mail.Read", "User.Read.All", "CallRecords.Read.All", "AppRoleAssignment.ReadWrite.All", "Foo.Read.All",
            "Presence.ReadWrite.All",
        ]
        let review = try #require(PermissionReview(roles: roles, modules: [.detection]))
        #expect(
            review.excessGrants.map(\.role) == [
                "AppRoleAssignment.ReadWrite.All", "Mail.Read", "Presence.ReadWrite.All", "Foo.Read.All",
                "CallRecords.Read.All",
            ])
        let presence = try #require(review.excessGrants.first { $0.role == "Presence.ReadWrite.All" })
        #expect(review.remedy(of: presence) == "grant Presence.Read.All instead and remove it")
        #expect(review.remedy(of: review.excessGrants[0]) == "remove it")
        #expect(review.granted.map(\.broader) == ["presence.readwrite.all", nil] || review.granted[0].broader != nil)
        #expect(review.remarks.contains { $0.contains("Mail.Read is granted") && $0.contains("everybody's mail") })
    }
}
