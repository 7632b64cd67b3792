// What Graph's presence words mean for a room. Two generations of spellings are in the field at once, either property
// may carry a word of the other, and the case varies: one table over all of them, compared without case.

public import FleetCore

public enum PresenceWords {
    /// What a text that ``text(availability:activity:)`` wrote proves; `nil` for nothing.
    public static func meaning(ofText text: String) -> Presence.Meaning? {
        let words = text.split(separator: "/", maxSplits: 1).map(String.init)
        guard let first = words.first,
            case .value(let presence) = reading(availability: first, activity: words.count > 1 ? words[1] : "")
        else { return nil }
        return presence.meaning
    }

    /// The verdict on one row.
    ///
    /// Availability decides; activity decides where availability is empty or unknown, and proves use in either case
    /// (Graph facts, Presence words). An offline availability stays offline whatever the activity claims:
    /// `Offline/OffWork` is "appear offline", and an account without a live endpoint is in no call.
    static func reading(availability: String, activity: String) -> Reading<Presence> {
        let (first, second) = (meaning(of: availability), meaning(of: activity))
        let text = text(availability: availability, activity: activity)
        switch (first, second) {
        case (.offline?, _): return .value(Presence(.offline, text: text))
        case (.inUse?, _), (.online?, .inUse?), (nil, .inUse?): return .value(Presence(.inUse, text: text))
        case (.online?, _), (nil, .online?): return .value(Presence(.online, text: text))
        case (nil, .offline?): return .value(Presence(.offline, text: text))
        case (nil, nil): return .unknown(.saidUnknown(text: text))
        }
    }

    /// What one word means; `nil` for `PresenceUnknown`, nothing, and every word that nobody has seen before.
    static func meaning(of word: String) -> Presence.Meaning? {
        let word = word.lowercased()
        if let meaning = table[word] { return meaning }
        // AvailableIdle, AvailableInactive, BusyIdle, and whatever suffix comes next.
        return word.hasPrefix("available") || word.hasPrefix("busy") ? .online : nil
    }

    /// `Busy/InACall` as spelled; one word when both are the same or one is empty.
    static func text(availability: String, activity: String) -> String {
        let first = BoundedText.clean(availability, limit: BoundedText.word)
        let second = BoundedText.clean(activity, limit: BoundedText.word)
        if first.isEmpty && second.isEmpty { return "empty" }
        if second.isEmpty || first.lowercased() == second.lowercased() { return first }
        if first.isEmpty { return second }
        return BoundedText.clean("\(first)/\(second)", limit: BoundedText.word)
    }

    private static let table: [String: Presence.Meaning] = [
        "available": .online,
        "availableidle": .online,
        "availableinactive": .online,
        "away": .online,
        "berightback": .online,
        "busy": .online,
        "busyidle": .online,
        "donotdisturb": .online,
        "focusing": .online,
        "inactive": .online,
        // Comes from the calendar and proves neither people nor a call.
        "inameeting": .online,
        "urgentinterruptionsonly": .online,
        "inacall": .inUse,
        "inaconferencecall": .inUse,
        "presenting": .inUse,
        "offline": .offline,
        "offwork": .offline,
    ]
}
