// What of a command is wrong before anybody looks at a room. It stands beside the body, so that the API, the pages and
// the command line refuse the same things in the same words.

extension CommandRequest: RequestFields {
    public static let fields: Set<String> = [
        "action", "software", "version", "rooms", "matchers", "reason", "force", "wait_seconds",
    ]

    public static let actions = ["restart", "update_software", "run_diagnostics"]
    public static let updateAction = "update_software"
    /// Characters of one matcher, of one room and of a version.
    public static let maximumMatcherLength = 500
    public static let maximumRoomLength = 320
    public static let maximumVersionLength = 64

    /// - Throws: ``Refusal`` for what no fleet could make sense of.
    public func check() throws(Refusal) {
        guard Self.actions.contains(action) else {
            throw Refusal(
                .invalid, "the action \(action.prefix(40)) is unknown",
                remedy: "the actions are \(Self.actions.joined(separator: ", "))")
        }
        try checkSelection()
        try checkSoftware()
        guard (reason ?? "").unicodeScalars.count <= Self.maximumReasonLength else {
            throw Refusal(
                .invalid, "the reason is longer than \(Self.maximumReasonLength) characters", remedy: "shorten it")
        }
        guard force != true || (reason ?? "").contains(where: { !$0.isWhitespace }) else {
            throw Refusal(
                .invalid, "the guards are overridden without a reason",
                remedy: "give the reason; it stands in the audit trail")
        }
        guard waitSeconds.map({ (1...Self.longestWait).contains($0) }) ?? true else {
            throw Refusal(
                .invalid, "wait_seconds is not from 1 to \(Self.longestWait)",
                remedy: "correct it, or leave it out for as long as the budget needs")
        }
    }

    private func checkSelection() throws(Refusal) {
        guard (rooms == nil) != (matchers == nil) else {
            throw Refusal(
                .invalid, rooms == nil ? "no room is named" : "rooms and matchers are both given",
                remedy: "give rooms, or give matchers such as building=\"B2\"")
        }
        let (what, list, most, longest) =
            rooms.map { ("rooms", $0, Self.maximumRooms, Self.maximumRoomLength) }
            ?? ("matchers", matchers ?? [], Self.maximumMatchers, Self.maximumMatcherLength)
        guard (1...most).contains(list.count), list.allSatisfy({ (1...longest).contains($0.unicodeScalars.count) })
        else {
            throw Refusal(
                .invalid, "\(what) has not 1 to \(most) entries of at most \(longest) characters",
                remedy: "correct it, or ask in several commands")
        }
    }

    private func checkSoftware() throws(Refusal) {
        guard action == Self.updateAction || (software == nil && version == nil) else {
            throw Refusal(
                .invalid, "software and version are for \(Self.updateAction) alone", remedy: "leave them out")
        }
        guard software.map(SoftwareBody.kinds.contains) ?? true else {
            throw Refusal(
                .invalid, "the software \(software?.prefix(40) ?? "") is unknown",
                remedy: "use one of \(SoftwareBody.kinds.joined(separator: ", "))")
        }
        guard let version else { return }
        let isPlain = version.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "._-+".contains($0)) }
        guard isPlain, (1...Self.maximumVersionLength).contains(version.count) else {
            throw Refusal(
                .invalid, "the version is not 1 to \(Self.maximumVersionLength) of A-Z a-z 0-9 . _ - +",
                remedy: "write it as Graph lists it, or leave it out for the one that each device is offered")
        }
    }
}

/// `{"preview": …}`
public struct CommandPreviewContent: Sendable, Hashable, Codable {
    public var preview: CommandPreview

    public init(preview: CommandPreview) { self.preview = preview }
}
