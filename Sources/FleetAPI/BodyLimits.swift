// A body stays below 20 KB whatever the directory calls its rooms (Contract, Incident; the Standard Webhooks
// specification recommends the same bound). Names are written by people and by scripts of other people: a display
// name of ten thousand control characters must shorten a page, never prevent it.

/// The bounds of a body and the order in which it is shortened to meet them.
public enum BodyLimits {
    /// A body is strictly smaller than this many bytes.
    public static let bytes = 20_000
    public static let rooms = 50
    public static let evidence = 20
    public static let attempts = 10

    /// What `{"type":…,"timestamp":…,"data":{"incident":…}}` adds around an incident at most.
    static let envelopeBytes = 256
    /// A summary is shown on the lock screen of a phone; more than this nobody reads.
    static let summaryBytes = 1_024
    /// A URL that is longer is left out, because half a URL leads somewhere else.
    static let linkBytes = 2_048
    /// Room for the longest legal mail address (254 characters, RFC 5321) and the longest key (255).
    static let identifierBytes = 512

    /// One step of shortening: how long texts may be, and how many list entries stay.
    struct Step: Sendable {
        var textBytes: Int
        var evidence: Int
        var rooms: Int
    }

    /// Texts are shortened first, then the older evidence goes, then the rooms at the end of the list. The last step
    /// leaves only fields that are each bounded: three identifiers, a dozen short texts, a summary and two links,
    /// which is below 10 KB together.
    static let steps = [
        Step(textBytes: 512, evidence: evidence, rooms: rooms), Step(textBytes: 256, evidence: evidence, rooms: rooms),
        Step(textBytes: 128, evidence: evidence, rooms: rooms), Step(textBytes: 64, evidence: evidence, rooms: rooms),
        Step(textBytes: 64, evidence: 5, rooms: rooms), Step(textBytes: 64, evidence: 5, rooms: 40),
        Step(textBytes: 64, evidence: 5, rooms: 30), Step(textBytes: 64, evidence: 5, rooms: 20),
        Step(textBytes: 64, evidence: 5, rooms: 10), Step(textBytes: 64, evidence: 2, rooms: 5),
        Step(textBytes: 64, evidence: 0, rooms: 0),
    ]
}

extension IncidentBody {
    /// The same incident, shortened by the first step of ``BodyLimits`` that brings it below the bound.
    ///
    /// The result depends on the incident alone, so a repeated delivery has the same bytes.
    public func bounded() throws -> IncidentBody {
        var candidate = self
        for step in BodyLimits.steps {
            candidate = shortened(by: step)
            if try WireJSON.bytes(of: candidate).count < BodyLimits.bytes - BodyLimits.envelopeBytes { break }
        }
        return candidate
    }

    private func shortened(by step: BodyLimits.Step) -> IncidentBody {
        func text(_ value: String) -> String { value.shortened(toJSONBytes: step.textBytes) }
        func identifier(_ value: String) -> String { value.shortened(toJSONBytes: BodyLimits.identifierBytes) }
        func link(_ value: String?) -> String? {
            value.flatMap { $0.jsonBytes <= BodyLimits.linkBytes ? $0 : nil }
        }
        var body = self
        body.id = identifier(id)
        body.dedupKey = identifier(dedupKey)
        body.condition = text(condition)
        body.severity = text(severity)
        body.status = text(status)
        body.tenant = text(tenant)
        body.scope.kind = text(scope.kind)
        body.scope.id = identifier(scope.id)
        body.scope.name = text(scope.name)
        body.cause = text(cause)
        body.summary = summary.shortened(toJSONBytes: BodyLimits.summaryBytes)
        body.acknowledgedBy = acknowledgedBy.map(text)
        body.resolution = resolution.map(text)
        body.contact = contact.map(text)
        body.links = Links(own: link(links.own), runbook: link(links.runbook))
        body.notification = notification.map { Reason(reason: text($0.reason), rule: text($0.rule)) }
        body.suppression = suppression.map {
            Suppressed(kind: text($0.kind), rule: text($0.rule), until: $0.until, sentence: text($0.sentence))
        }
        body.rooms = rooms.prefix(step.rooms).map { room in
            Room(
                id: identifier(room.id), name: text(room.name), email: identifier(room.email),
                building: room.building.map(text), floor: room.floor.map(text))
        }
        body.tried = tried.suffix(max(1, min(BodyLimits.attempts, step.evidence))).map { one in
            Attempt(what: text(one.what), by: text(one.by), at: one.at, outcome: text(one.outcome))
        }
        body.evidence = evidence.suffix(step.evidence).map { piece in
            Evidence(source: text(piece.source), reading: text(piece.reading), observedAt: piece.observedAt)
        }
        return body
    }
}

extension String {
    /// Bytes that the text takes between the quotation marks of JSON, at most.
    var jsonBytes: Int { unicodeScalars.reduce(0) { $0 + $1.jsonBytes } }

    /// The text itself when it fits, else as much of its beginning as fits with an ellipsis behind it.
    func shortened(toJSONBytes limit: Int) -> String {
        let ellipsis = "…"
        var kept = 0
        var end = unicodeScalars.startIndex
        var bytes = 0
        for index in unicodeScalars.indices {
            bytes += unicodeScalars[index].jsonBytes
            if bytes <= limit - ellipsis.utf8.count {
                kept = bytes
                end = unicodeScalars.index(after: index)
            }
            if bytes > limit { return kept == 0 ? ellipsis : String(unicodeScalars[..<end]) + ellipsis }
        }
        return self
    }
}

extension Unicode.Scalar {
    /// Bytes in a JSON string: control characters become `\u001f`, quotation mark and backslash get a backslash.
    fileprivate var jsonBytes: Int {
        switch value {
        case 0..<0x20, 0x7F: 6
        case 0x22, 0x5C: 2
        default: UTF8.width(self)
        }
    }
}
