// What the application may do in a tenant, as its own token and the login service tell. Nobody's room is concerned; but a
// consent that is taken back looks like a dark Graph until somebody says whose doing it is.

import struct Foundation.Date
public import Timekeeping

/// A permission that something switched on needs.
public struct PermissionGrant: Sendable, Hashable {
    /// The least permission that is enough.
    public var name: String
    public var isGranted: Bool
    /// Whether presence cannot be read without it.
    public var isForSight: Bool
    /// What is off without it while Roomwatch goes on.
    public var loss: String

    public init(name: String, isGranted: Bool, isForSight: Bool, loss: String) {
        self.name = name
        self.isGranted = isGranted
        self.isForSight = isForSight
        self.loss = loss
    }
}

/// What is known of our own access at an instant.
public struct AccessReading: Sendable, Hashable {
    /// What the token in hand allows; `nil` when there is none, or it cannot be read.
    public var grants: [PermissionGrant]?
    /// Why no token is given until somebody acts; `nil` when one is, or when the login service itself is in trouble.
    public var refusal: Refusal?
    /// Where an administrator consents again; `nil` for a managed identity, to which roles are assigned instead.
    public var consentLink: String?
    public var at: Moment

    public struct Refusal: Sendable, Hashable {
        /// What happened, as the end of a sentence: `the client secret expired (AADSTS7000222)`.
        public var sentence: String
        public var remedy: String

        public init(sentence: String, remedy: String) {
            self.sentence = sentence
            self.remedy = remedy
        }
    }

    public init(grants: [PermissionGrant]?, refusal: Refusal?, consentLink: String?, at: Moment) {
        self.grants = grants
        self.refusal = refusal
        self.consentLink = consentLink
        self.at = at
    }
}

/// Why presence cannot be read for a reason that an administrator of the tenant must end.
public struct AccessTrouble: Sendable, Hashable {
    public var sentence: String
    public var remedy: String
    /// Where it is done, when there is such a place.
    public var link: String?
    /// Everything else that went with it.
    public var alsoLost: [String] = []
}

extension AccessTrouble {
    static let lossMark = "the application lost "
    static let alsoMark = " was lost too"

    /// The permission of whose loss a piece of evidence speaks.
    static func lost(in reading: String) -> String? {
        if reading.hasPrefix(lossMark) { return String(reading.dropFirst(lossMark.count)) }
        return reading.hasSuffix(alsoMark) ? String(reading.dropLast(alsoMark.count)) : nil
    }

    /// What a page about blindness says when this is why.
    func blindness(of tenant: TenantName) -> String {
        "Monitoring of \(tenant) is blind: \(sentence). \(remedy). Rooms that are not seen are not paged"
    }

    func evidence(at now: Date) -> [Evidence] {
        let also = alsoLost.map { $0 + Self.alsoMark }
        return ([sentence] + also).map { Evidence(source: Evidence.access, reading: $0, observedAt: now) }
            + [Evidence(source: Evidence.remedy, reading: remedy + (link.map { ": \($0)" } ?? ""), observedAt: now)]
    }
}
