// The API as typed calls, for roomctl and for whoever writes the next tool. It knows the contract and no more.

public import FleetAPI
import Foundation
public import HTTPExchange
import HTTPTypes

/// An answer of the daemon: what it says, and its own bytes for those who want them.
public struct ClientAnswer<Content: Sendable>: Sendable {
    public var content: Content
    /// The JSON as it came.
    public var bytes: [UInt8]

    public init(content: Content, bytes: [UInt8]) {
        self.content = content
        self.bytes = bytes
    }
}

/// One daemon, reached over a transport.
public struct RoomwatchClient: Sendable {
    /// Answers are pages of at most 500 incidents of 20 KB each.
    static let limits = HTTPLimits(total: .seconds(30), stall: .seconds(30))
    /// The daemon waits up to half a minute for a receiver before it says what became of a test.
    static let testLimits = HTTPLimits(total: .seconds(60), stall: .seconds(60))

    let transport: any HTTPTransport
    let base: String
    let place: String
    private let token: Secret?

    /// - Parameters:
    ///   - base: `https://monitor.contoso.com`, without a slash at its end; over a unix socket any host will do.
    ///   - place: how errors name the daemon; `nil` for the base.
    ///   - token: sent as the bearer token.
    public init(transport: any HTTPTransport, base: String, place: String? = nil, token: Secret? = nil) {
        self.transport = transport
        self.place = place ?? base
        self.base = base
        self.token = token
    }

    // MARK: Incidents

    public func incidents(
        _ query: IncidentsQuery = IncidentsQuery()
    ) async throws(ClientError) -> ClientAnswer<IncidentList.Content> {
        var parts: [(String, String?)] = [
            ("tenant", query.tenant), ("condition", query.condition), ("cursor", query.cursor),
            ("limit", String(query.limit)),
        ]
        parts.append(("status", query.statuses.isEmpty ? nil : query.statuses.joined(separator: ",")))
        parts.append(("severity", query.severities.isEmpty ? nil : query.severities.joined(separator: ",")))
        return try await ask(.get, "incidents" + Self.query(parts))
    }

    public func incident(_ id: String) async throws(ClientError) -> ClientAnswer<IncidentDetail> {
        try await ask(.get, "incidents/\(Self.segment(id))")
    }

    public func acknowledge(
        _ id: String, comment: String? = nil
    ) async throws(ClientError) -> ClientAnswer<IncidentDocument.Content> {
        try await ask(.post, "incidents/\(Self.segment(id))/acknowledge", NoteRequest(comment: comment))
    }

    public func resolve(
        _ id: String, comment: String? = nil
    ) async throws(ClientError) -> ClientAnswer<IncidentDocument.Content> {
        try await ask(.post, "incidents/\(Self.segment(id))/resolve", NoteRequest(comment: comment))
    }

    public func comment(on id: String, _ text: String) async throws(ClientError) -> ClientAnswer<CommentContent> {
        try await ask(.post, "incidents/\(Self.segment(id))/comments", CommentRequest(text: text))
    }

    // MARK: Quiet

    public func silences() async throws(ClientError) -> ClientAnswer<SilenceList> { try await ask(.get, "silences") }

    public func preview(_ silence: SilenceRequest) async throws(ClientError) -> ClientAnswer<PreviewContent> {
        try await ask(.post, "silences/preview", silence)
    }

    public func create(_ silence: SilenceRequest) async throws(ClientError) -> ClientAnswer<SilenceContent> {
        try await ask(.post, "silences", silence)
    }

    public func expireSilence(_ id: String) async throws(ClientError) -> ClientAnswer<SilenceContent> {
        try await ask(.delete, "silences/\(Self.segment(id))")
    }

    public func windows() async throws(ClientError) -> ClientAnswer<WindowList> { try await ask(.get, "maintenance") }

    public func plan(_ window: WindowRequest) async throws(ClientError) -> ClientAnswer<WindowContent> {
        try await ask(.post, "maintenance", window)
    }

    public func cancelWindow(_ id: String) async throws(ClientError) {
        _ = try await send(.delete, "maintenance/\(Self.segment(id))", nil, Self.limits)
    }

    // MARK: Fleet

    public func fleet() async throws(ClientError) -> ClientAnswer<FleetContent> { try await ask(.get, "fleet") }

    public func rooms(_ query: RoomsQuery = RoomsQuery()) async throws(ClientError) -> ClientAnswer<RoomList> {
        try await ask(
            .get,
            "rooms"
                + Self.query([
                    ("tenant", query.tenant), ("building", query.building), ("floor", query.floor),
                    ("state", query.states.isEmpty ? nil : query.states.joined(separator: ",")), ("text", query.text),
                    ("cursor", query.cursor), ("limit", String(query.limit)),
                ]))
    }

    public func capabilities() async throws(ClientError) -> ClientAnswer<CapabilityList> {
        try await ask(.get, "capabilities")
    }

    public func deliveries(
        _ query: DeliveriesQuery = DeliveriesQuery()
    ) async throws(ClientError) -> ClientAnswer<DeliveryList> {
        try await ask(
            .get,
            "deliveries"
                + Self.query([
                    ("receiver", query.receiver),
                    ("state", query.states.isEmpty ? nil : query.states.joined(separator: ",")),
                    ("limit", String(query.limit)),
                ]))
    }

    public func doctor() async throws(ClientError) -> ClientAnswer<DoctorBody> { try await ask(.get, "doctor") }

    // MARK: Rooms, receivers, audit

    public func explain(_ room: String) async throws(ClientError) -> ClientAnswer<ExplanationContent> {
        try await ask(.get, "rooms/\(Self.segment(room))/explain")
    }

    public func receivers() async throws(ClientError) -> ClientAnswer<ReceiverList> { try await ask(.get, "receivers") }

    public func test(receiver: String) async throws(ClientError) -> ClientAnswer<ReceiverTestContent> {
        let bytes = try await send(.post, "receivers/\(Self.segment(receiver))/test", nil, Self.testLimits)
        return try Self.read(bytes)
    }

    public func audit(limit: Int) async throws(ClientError) -> ClientAnswer<AuditList> {
        try await ask(.get, "audit?limit=\(limit)")
    }

    // MARK: Asking

    func ask<Content: Codable & Sendable>(
        _ method: HTTPRequest.Method, _ path: String
    ) async throws(ClientError) -> ClientAnswer<Content> {
        try Self.read(try await send(method, path, nil, Self.limits))
    }

    func ask<Content: Codable & Sendable>(
        _ method: HTTPRequest.Method, _ path: String, _ body: some RequestFields
    ) async throws(ClientError) -> ClientAnswer<Content> {
        let bytes: [UInt8]
        do {
            bytes = try WireJSON.bytes(of: body)
        } catch {
            throw .malformed("the request cannot be written: \(error)")
        }
        return try Self.read(try await send(method, path, bytes, Self.limits))
    }

    private func send(
        _ method: HTTPRequest.Method, _ path: String, _ body: [UInt8]?, _ limits: HTTPLimits
    ) async throws(ClientError) -> [UInt8] {
        try await receive(method, path, body: body, limits: limits).body
    }

    /// - Parameter sink: takes the body of a good answer, which comes back without it.
    func receive(
        _ method: HTTPRequest.Method, _ path: String, body: [UInt8]? = nil, limits: HTTPLimits,
        into sink: (any HTTPBodySink)? = nil
    ) async throws(ClientError) -> HTTPAnswer {
        var fields: HTTPFields = [.accept: sink == nil ? "application/json" : "application/octet-stream"]
        if body != nil { fields[.contentType] = "application/json" }
        if let token { token.withRevealed { fields[.authorization] = "Bearer \($0)" } }
        let call = HTTPCall(
            method, "\(base)/api/v1/\(path)", headerFields: fields, body: body ?? (method == .post ? [] : nil),
            limits: limits)
        let answer: HTTPAnswer
        do throws(HTTPTransportError) {
            if let sink {
                answer = try await transport.send(call, into: sink)
            } else {
                answer = try await transport.send(call)
            }
        } catch {
            if error.kind.mayHaveBeenApplied {
                let doubt = method == .get ? "" : "; it may have been carried out, so look before you repeat it"
                throw .unheard("the daemon at \(place) did not answer: \(error.detail)\(doubt)")
            }
            throw unreachable(error)
        }
        guard (200..<300).contains(answer.status) else {
            do {
                throw ClientError.refused(try WireJSON.value(Problem.self, from: answer.body))
            } catch let error as ClientError {
                throw error
            } catch {
                throw .malformed("the daemon answered with status \(answer.status) and no reason")
            }
        }
        return answer
    }

    private static func read<Content: Codable & Sendable>(
        _ bytes: [UInt8]
    ) throws(ClientError) -> ClientAnswer<Content> {
        do {
            return ClientAnswer(content: try WireJSON.value(Envelope<Content>.self, from: bytes).data, bytes: bytes)
        } catch {
            throw .malformed("the answer is not what this version understands: \(error)")
        }
    }

    // MARK: Addresses

    private static let unreserved = CharacterSet(
        charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")

    /// One part of a path or query, percent-encoded (RFC 3986, section 2.3).
    static func segment(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: unreserved) ?? ""
    }

    static func query(_ parts: [(String, String?)]) -> String {
        let given = parts.compactMap { name, value in value.map { "\(name)=\(segment($0))" } }
        return given.isEmpty ? "" : "?" + given.joined(separator: "&")
    }

    /// Of a socket the file system says more than the transport, which speaks of a host and a port that do not exist.
    func unreachable(_ error: HTTPTransportError) -> ClientError {
        var detail = error.detail
        if place.hasPrefix("unix:") {
            let path = String(place.dropFirst("unix:".count))
            if !FileManager.default.fileExists(atPath: path) {
                detail = "there is no such socket; is roomwatchd running, and is this its api.socket?"
            } else if !FileManager.default.isWritableFile(atPath: path) {
                detail = "this user may not use the socket; use sudo, or join the group that owns it"
            } else {
                detail = "nobody listens there; is roomwatchd running?"
            }
        }
        return .unreachable("no daemon can be reached at \(place): \(detail)")
    }
}
