// Pages as Graph writes them, and a second reading of them by Foundation that shares no code with the decoder.

import FleetCore
import Foundation

enum PresencePages {
    /// Availability and activity as they come together in the field, of both generations.
    static let words: [(String, String)] = [
        ("Available", "Available"), ("Busy", "InACall"), ("Busy", "InAMeeting"), ("DoNotDisturb", "Presenting"),
        ("Offline", "Offline"), ("Offline", "OffWork"), ("PresenceUnknown", "PresenceUnknown"), ("Away", "Away"),
        ("AvailableIdle", "Available"), ("BusyIdle", "Busy"), ("available", "outOfOffice"), ("inACall", "busy"),
        ("presenting", "doNotDisturb"), ("BeRightBack", "BeRightBack"), ("DoNotDisturb", "UrgentInterruptionsOnly"),
    ]

    static func account(_ number: Int) -> AccountID {
        let tail = String(number, radix: 16)
        return AccountID("3f6c1d7e-0000-4000-8abc-" + String(repeating: "0", count: 12 - tail.count) + tail)
    }

    static func accounts(_ count: Int) -> [AccountID] { (1...count).map(account) }

    /// The full row of Graph facts (Presence request), 230 bytes.
    static func row(_ account: AccountID, _ number: Int) -> String {
        let (availability, activity) = words[number % words.count]
        return #"{"id":"\#(account.text)","availability":"\#(availability)","activity":"\#(activity)","#
            + #""sequenceNumber":"A\#(1_000_000 + number)","statusMessage":null,"#
            + #""outOfOfficeSettings":{"message":null,"isOutOfOffice":false},"workLocation":null}"#
    }

    static func page(_ rows: [String]) -> [UInt8] {
        Array(
            (#"{"@odata.context":"https://graph.microsoft.com/v1.0/$metadata#Collection(presence)","value":["#
                + rows.joined(separator: ",") + "]}").utf8)
    }

    static func page(of accounts: [AccountID]) -> [UInt8] {
        page(accounts.enumerated().map { row($0.element, $0.offset) })
    }

    /// What Foundation reads out of a page: meaning and text by account, or `nil` when it is no page.
    static func reference(_ body: [UInt8], asked: [AccountID]) -> [ReferenceAnswer]? {
        guard let document = try? JSONSerialization.jsonObject(with: Data(body)) as? [String: Any],
            let rows = document["value"] as? [Any]
        else { return nil }
        var found: [String: ReferenceAnswer] = [:]
        for row in rows.compactMap({ $0 as? [String: Any] }) {
            guard let id = (row["id"] as? String)?.lowercased() else { continue }
            let raw = row["sequenceNumber"] as? String
            let isStamp = raw.map { stamp in
                (1...64).contains(stamp.utf8.count) && stamp.utf8.allSatisfy { $0 > 32 && $0 < 127 }
            }
            let stamp = isStamp == true ? raw : nil
            if let kept = found[id]?.stamp, let stamp, stamp < kept { continue }
            let fresh = ReferenceAnswer(verdict: verdict(row["availability"], row["activity"]), stamp: stamp)
            if let kept = found[id], kept.stamp == nil || stamp == nil, kept.contradicts(fresh) {
                found[id] = ReferenceAnswer(verdict: "unknown", stamp: nil)
                continue
            }
            found[id] = fresh
        }
        return asked.map { found[$0.text] ?? ReferenceAnswer(verdict: "missing", stamp: nil) }
    }

    private static func verdict(_ availability: Any?, _ activity: Any?) -> String {
        func word(_ any: Any?) -> String? { any == nil || any is NSNull ? "" : any as? String }
        guard let availability = word(availability)?.lowercased(), let activity = word(activity)?.lowercased() else {
            return "unknown"
        }
        let used: Set = ["inacall", "inaconferencecall", "presenting"]
        let gone: Set = ["offline", "offwork"]
        let here: Set = [
            "donotdisturb", "berightback", "away", "focusing", "inameeting", "urgentinterruptionsonly", "inactive",
        ]
        func isHere(_ word: String) -> Bool {
            here.contains(word) || word.hasPrefix("available") || word.hasPrefix("busy")
        }
        if gone.contains(availability) { return "offline" }
        if used.contains(availability) || used.contains(activity) { return "in_use" }
        if isHere(availability) { return "online" }
        if isHere(activity) { return "online" }
        return gone.contains(activity) ? "offline" : "unknown"
    }
}

struct ReferenceAnswer: Hashable {
    var verdict: String
    var stamp: String?

    /// Whether one says that the room is offline and the other that it is not.
    func contradicts(_ other: ReferenceAnswer) -> Bool {
        let verdicts = [verdict, other.verdict]
        return verdicts.contains("offline") && verdicts.contains { $0 == "online" || $0 == "in_use" }
    }
}

/// A small generator whose sequence is the same everywhere (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
