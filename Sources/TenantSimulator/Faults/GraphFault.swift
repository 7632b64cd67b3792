// The ways Graph and the road to it fail. Faults that concern bytes on the wire (cut, hang, reset) are only marked here:
// the shell that owns the socket carries them out.

/// A misbehaviour of one service, or of all of them, for a while.
public struct GraphFault: Sendable, Codable {
    public enum Kind: String, Sendable, Codable, CaseIterable {
        /// An error status (`status`) with a Graph error body and, if given, `retry_after` seconds.
        case status
        /// A gateway's HTML page with status 200.
        case html
        /// The announced length is right, the body ends early.
        case truncated
        /// No answer at all; the connection stays open.
        case hang
        /// The connection is reset instead of an answer.
        case reset
        /// `@odata.nextLink` points back at the same page for ever.
        case nextLinkLoop = "next_link_loop"
        /// `@odata.nextLink` points to a host that is not Graph.
        case nextLinkForeign = "next_link_foreign"
        /// Every nullable property of the items is null.
        case nulls
        /// Words no client has ever heard of where enum members are expected.
        case unknownEnums = "unknown_enums"
        /// The answer takes `delay`.
        case slow
        /// A `$batch` answer lacks every second response.
        case missingResponses = "missing_responses"
        /// A 200 without a body.
        case emptyBody = "empty_body"
        /// Presence answers an older state with a lower sequence number for every second room.
        case stale
    }

    public enum Service: String, Sendable, Codable, CaseIterable {
        case all, login, presence, directory, licences, devices, places, calendars, batch
        case serviceHealth = "service_health"
        case signIns = "sign_ins"
    }

    public var kind: Kind
    public var service: Service = .all
    public var status: Int = 503
    public var retryAfter: Int?
    /// Whether `retry_after` is sent as an HTTP date instead of seconds.
    public var retryAfterAsDate = false
    public var delay = DurationText(.seconds(5))
    /// Only every `every`th request of the service is hit; 1 hits all.
    public var every: Int = 1

    enum CodingKeys: String, CodingKey, CaseIterable {
        case kind, service, status, delay, every
        case retryAfter = "retry_after"
        case retryAfterAsDate = "retry_after_as_date"
    }

    public init(_ kind: Kind, service: Service = .all) {
        self.kind = kind
        self.service = service
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
        kind = try container.decode(Kind.self, forKey: .kind)
        service = try container.decodeIfPresent(Service.self, forKey: .service) ?? .all
        status = try container.decodeIfPresent(Int.self, forKey: .status) ?? 503
        retryAfter = try container.decodeIfPresent(Int.self, forKey: .retryAfter)
        retryAfterAsDate = try container.decodeIfPresent(Bool.self, forKey: .retryAfterAsDate) ?? false
        delay = try container.decodeIfPresent(DurationText.self, forKey: .delay) ?? DurationText(.seconds(5))
        every = max(1, try container.decodeIfPresent(Int.self, forKey: .every) ?? 1)
    }
}
