// Credentials end on a day that is known long before, and always at a bad time. Graph does not tell the end of a client
// secret without a permission that is never asked for, so the configuration may say it.

import FleetAPI
import FleetCore
public import Foundation

/// When a tenant's credential ends.
public struct CredentialExpiry: Sendable, Hashable {
    public enum Kind: Sendable, Hashable {
        case certificate
        case clientSecret
        /// Nothing that is kept here and could end.
        case keyless
    }

    /// Days before the end from which it is a warning, and a problem.
    public static let warningDays = 30
    public static let problemDays = 7

    public var kind: Kind
    /// `nil` when nobody said.
    public var at: Date?

    public init(_ kind: Kind, at: Date?) {
        self.kind = kind
        self.at = at
    }

    /// Whole days that are left; negative once it is over.
    public func daysLeft(at now: Date) -> Int? {
        at.map { Int(($0.timeIntervalSince(now) / 86_400).rounded(.down)) }
    }

    var noun: String { kind == .certificate ? "certificate" : "client secret" }

    /// What is worth a line in the log at `now`; `nil` while there is time.
    public func warning(at now: Date) -> String? {
        guard let days = daysLeft(at: now), days < Self.warningDays else { return nil }
        return "\(sentence(days, now)) \(remedy)"
    }

    fileprivate func sentence(_ days: Int, _ now: Date) -> String {
        let day = at.map { $0.ISO8601Format().prefix(10) } ?? ""
        if let at, at <= now { return "The \(noun) expired on \(day)." }
        return
            "The \(noun) expires on \(day), \(days == 0 ? "within a day" : "in \(days) \(days == 1 ? "day" : "days")")."
    }

    fileprivate var remedy: String {
        kind == .certificate
            ? "Upload a new certificate to the app registration (Certificates & secrets), replace certificate_file and "
                + "private_key_file, and run `systemctl restart roomwatchd`; the old one stays valid meanwhile."
            : "Create a second client secret in the app registration (Certificates & secrets), put its value into the "
                + "secret's file, correct client_secret_expires, and run `systemctl restart roomwatchd`."
    }
}

extension CredentialExpiry {
    func judged(tenant: String, at now: Date) -> [CheckBody] {
        let id = "credential.expiry"
        guard kind != .keyless else {
            return [
                CheckBody(
                    id, area: .credential, tenant: tenant, .ok,
                    "The credential holds nothing that expires on this machine.")
            ]
        }
        guard let days = daysLeft(at: now) else {
            return [
                CheckBody(
                    id, area: .credential, tenant: tenant, .notice,
                    "When the \(noun) expires is not known here: Graph tells it only to applications that may read all "
                        + "others, which is never asked for.",
                    remedy: "Write the day that the app registration shows beside client_secret_file, as "
                        + "`client_secret_expires: 2027-03-01`; you are warned from \(Self.warningDays) days before.")
            ]
        }
        let isOver = at.map { $0 <= now } ?? false
        let status: CheckBody.Status =
            isOver || days < Self.problemDays ? .problem : days < Self.warningDays ? .warning : .ok
        return [
            CheckBody(
                id, area: .credential, tenant: tenant, status, sentence(days, now),
                remedy: status == .ok ? nil : remedy)
        ]
    }
}
