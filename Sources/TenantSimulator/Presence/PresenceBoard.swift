// The presence of every account, with the JSON of each kept ready: a sweep of 20,000 rooms reads 31 pages of 650 every few
// seconds, and almost nothing changes in between.

/// Presence per account, version stamps included.
struct PresenceBoard: Sendable {
    /// Availability and activity as Teams writes them.
    struct Words: Sendable, Hashable {
        let availability: String
        let activity: String

        static let available = Words(availability: "Available", activity: "Available")
        static let away = Words(availability: "Away", activity: "Away")
        static let offline = Words(availability: "Offline", activity: "Offline")
        static let unknown = Words(availability: "PresenceUnknown", activity: "PresenceUnknown")
        static let call = Words(availability: "Busy", activity: "InACall")
        static let meeting = Words(availability: "Busy", activity: "InAMeeting")
        static let presenting = Words(availability: "DoNotDisturb", activity: "Presenting")
    }

    private let ids: [String]
    private(set) var words: [Words]
    /// What each account showed before its last change, for answers from a replica that lags.
    private(set) var previous: [(words: Words, sequence: Int)]
    private var sequences: [Int]
    private var nextSequence = 132_480
    private(set) var fragments: [[UInt8]]

    init(ids: [String], words: [Words]) {
        self.ids = ids
        self.words = words
        sequences = Array(repeating: 132_480, count: ids.count)
        previous = words.map { ($0, 132_479) }
        fragments = []
        fragments.reserveCapacity(ids.count)
        for (id, words) in zip(ids, words) {
            fragments.append(Self.fragment(id: id, words: words, sequence: 132_480))
        }
    }

    /// Shows `words` for the account; `true` when that is a change.
    mutating func show(_ words: Words, account: Int) -> Bool {
        guard self.words[account] != words else { return false }
        previous[account] = (self.words[account], sequences[account])
        nextSequence += 1
        self.words[account] = words
        sequences[account] = nextSequence
        fragments[account] = Self.fragment(id: ids[account], words: words, sequence: nextSequence)
        return true
    }

    /// The account as an old replica would still show it.
    func staleFragment(_ account: Int) -> [UInt8] {
        Self.fragment(id: ids[account], words: previous[account].words, sequence: previous[account].sequence)
    }

    static func fragment(id: String, words: Words, sequence: Int) -> [UInt8] {
        // Ten digits keep the stamps sortable as text for longer than a simulator runs.
        let digits = String(sequence)
        let stamp = "A" + String(repeating: "0", count: max(0, 10 - digits.count)) + digits
        return Array(
            """
            {"id":"\(id)","availability":"\(words.availability)","activity":"\(words.activity)",\
            "sequenceNumber":"\(stamp)","statusMessage":null,\
            "outOfOfficeSettings":{"message":null,"isOutOfOffice":false},"workLocation":null}
            """.utf8)
    }
}
