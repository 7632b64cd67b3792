// What is wrong with rooms' accounts, one entry for each kind of trouble, so that whoever manages accounts reads one remedy
// and a list of rooms.

import FleetAPI
import FleetCore
import Foundation

/// The findings about the accounts of one tenant.
struct RoomAccountFacts: Sendable {
    var tenant: String
    var rooms: Int
    var found: [RoomAccountFindings]
    /// Whether the directory has been read in this run.
    var isRead: Bool

    func judged(at now: Date) -> [CheckBody] {
        guard isRead else {
            return [
                CheckBody(
                    "accounts", area: .accounts, tenant: tenant, .unknown, "The directory has not been read yet.",
                    remedy: "See permissions (User.Read.All); ask again in a minute.")
            ]
        }
        var groups: [(first: AccountFinding, examples: [String])] = []
        for entry in found {
            for finding in entry.findings {
                let example = "\(entry.room.placedName): \(finding.sentence(at: now))"
                if let place = groups.firstIndex(where: { Self.isAlike($0.first, finding) }) {
                    groups[place].examples.append(example)
                } else {
                    groups.append((finding, [example]))
                }
            }
        }
        guard !groups.isEmpty else {
            return [
                CheckBody(
                    "accounts", area: .accounts, tenant: tenant, .ok,
                    "Nothing keeps the accounts of \(rooms) rooms from signing in.")
            ]
        }
        return groups.map { first, examples in
            CheckBody(
                "accounts.\(first.word)", area: .accounts, tenant: tenant, Self.status(of: first, at: now),
                "\(examples.count) room account\(examples.count == 1 ? "" : "s"): \(Self.words(first.trouble)).",
                remedy: first.remedy, examples: examples)
        }
    }

    /// Whether one remedy helps against both.
    private static func isAlike(_ a: AccountFinding, _ b: AccountFinding) -> Bool {
        a.word == b.word && a.remedy == b.remedy
    }

    private static func status(of finding: AccountFinding, at now: Date) -> CheckBody.Status {
        switch finding.trouble {
        case .disabled: .problem
        case .noLicence, .wrongLicence: .warning
        case .licenceError(let error): error.isBlocking ? .problem : .notice
        case .basicLimit: .notice
        case .passwordExpiry(_, let isAssumed): isAssumed ? .notice : .warning
        }
    }

    private static func words(_ trouble: AccountFinding.Trouble) -> String {
        switch trouble {
        case .disabled: "sign-in is disabled"
        case .noLicence: "no licence"
        case .wrongLicence(_, let isShared, _): isShared ? "only Teams Shared Devices" : "only a licence for people"
        case .licenceError: "an assignment of a licence is faulty"
        case .basicLimit: "more Teams Rooms Basic than a tenant may use"
        case .passwordExpiry(_, let isAssumed):
            isAssumed ? "the password may expire" : "the password expires or has expired"
        }
    }
}
