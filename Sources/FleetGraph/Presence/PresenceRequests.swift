// The same 31 lists are asked for every five seconds. Which of their ids may be sent, and the 25 KB of JSON for each,
// are worked out when a list changes and not on every sweep.

import FleetCore
import GraphClient
import HTTPExchange
import HTTPTypes
import Synchronization
import Timekeeping

/// What is sent for one list of accounts.
struct PresenceList: Sendable {
    /// The accounts to send, without duplicates and without ids that would fail the request.
    let sent: [AccountID]
    let body: [UInt8]
    /// Whether ``sent`` is the list itself.
    let isWhole: Bool

    init(_ accounts: [AccountID], without quarantine: Set<AccountID>) {
        var seen: Set<AccountID> = []
        seen.reserveCapacity(accounts.count)
        sent = accounts.filter { $0.isGUID && !quarantine.contains($0) && seen.insert($0).inserted }
        isWhole = sent.count == accounts.count
        body = Self.body(sent)
    }

    /// `{"ids":["…","…"]}`; GUIDs need no escaping.
    static func body(_ ids: [AccountID]) -> [UInt8] {
        var body = Array(#"{"ids":["#.utf8)
        body.reserveCapacity(ids.count * 39 + 16)
        for (index, id) in ids.enumerated() {
            if index > 0 { body.append(UInt8(ascii: ",")) }
            body.append(UInt8(ascii: "\""))
            body.append(contentsOf: id.text.utf8)
            body.append(UInt8(ascii: "\""))
        }
        body.append(contentsOf: "]}".utf8)
        return body
    }
}

/// The lists of one tenant, remembered by their first account.
final class PresenceLists: Sendable {
    /// Lists kept; 64 hold 41,600 accounts and 1.6 MB.
    static let capacity = 64

    private struct Entry {
        var accounts: [AccountID]
        var version: Int
        var list: PresenceList
    }

    private let entries = Mutex<[AccountID: Entry]>([:])

    func list(_ accounts: [AccountID], quarantine: PresenceQuarantine, now: Moment) -> PresenceList {
        let version = quarantine.version(at: now)
        guard let first = accounts.first else { return PresenceList([], without: []) }
        if let entry = entries.withLock({ $0[first] }), entry.version == version, entry.accounts == accounts {
            return entry.list
        }
        let list = PresenceList(accounts, without: quarantine.accounts(at: now))
        entries.withLock { entries in
            if entries.count >= Self.capacity, entries[first] == nil { entries.removeAll() }
            entries[first] = Entry(accounts: accounts, version: version, list: list)
        }
        return list
    }
}

extension GraphRequest {
    /// `POST /communications/getPresencesByUserId` (Graph facts, Presence request). It changes nothing, so it may be
    /// repeated.
    static func presences(body: [UInt8], within time: Duration) -> GraphRequest {
        var request = GraphRequest(
            .post, GraphPath("communications", "getPresencesByUserId"), service: .presence, body: body,
            isIdempotent: true,
            limits: HTTPLimits(
                connect: min(.seconds(5), time), total: time, stall: min(.seconds(10), time),
                responseBytes: PresenceReader.responseBytes))
        request.priority = .high
        return request
    }
}
