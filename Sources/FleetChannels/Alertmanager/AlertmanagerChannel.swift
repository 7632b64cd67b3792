// Alertmanager, one or several replicas. Prometheus sends every alert to all of them, because the replicas share
// silences and what was notified but never alerts, and repeats it as long as it fires, because a replica forgets its
// alerts when it restarts. So does Roomwatch: each message goes to every replica at the same time, and what is open is
// repeated by ``AlertmanagerChannel/refresh(_:at:)``.

import FleetAPI
public import FleetCore
public import HTTPExchange
import HTTPTypes
public import Timekeeping

/// A channel whose receiver forgets what is not repeated.
public protocol RefreshingChannel: Channel {
    /// How often ``refresh(_:at:)`` is to be called.
    static var refreshInterval: Duration { get }
    /// How long a resolved incident is repeated with the open ones.
    static var resolvedRetention: Duration { get }

    /// How long one refresh may take.
    static var refreshLimit: Duration { get }

    /// Repeats what the receiver should believe.
    ///
    /// - Parameter incidents: every incident that this receiver has been told of and that is open, or was resolved
    ///   within ``resolvedRetention``. Those heal what a replica missed, and what a repetition and a resolve that
    ///   overtook one another have left behind.
    func refresh(_ incidents: [Incident], at now: Moment) async -> DeliveryResult
}

/// Tells Alertmanager (config `receivers[].alertmanager`).
public struct AlertmanagerChannel: RefreshingChannel {
    /// "Usually on the order of 30 seconds to 3 minutes" (prometheus.io, "Sending alerts").
    public static let refreshInterval: Duration = .seconds(60)
    /// As long as Prometheus goes on repeating a resolved alert.
    public static let resolvedRetention: Duration = .seconds(15 * 60)
    /// Alerts in one POST of a refresh.
    static let batch = 200
    /// Twenty-five batches of two hundred, should each need a whole attempt.
    public static let refreshLimit: Duration = ChannelLimits.attempt * 25

    public let receiver: ReceiverName
    public var rate: DeliveryRate { ChannelKind.alertmanager.rate }
    private let replicas: [Replica]
    private let sender: SenderIdentity
    private let transport: any HTTPTransport

    /// - Parameter urls: the base of each replica, to which `/api/v2/alerts` is appended.
    /// - Throws: ``ChannelConfigurationError`` when there is none, or a URL can never work.
    public init(
        receiver: ReceiverName, urls: [String], sender: SenderIdentity, transport: any HTTPTransport
    ) throws(ChannelConfigurationError) {
        guard !urls.isEmpty else { throw ChannelConfigurationError(receiver, "it names no url; name each replica") }
        self.receiver = receiver
        var replicas: [Replica] = []
        for url in urls {
            replicas.append(
                Replica(
                    address: try ReceiverAddress(
                        Secret(url), receiver: receiver, appending: "/api/v2/alerts")))
        }
        self.replicas = replicas
        self.sender = sender
        self.transport = transport
    }

    public func deliver(_ notification: Notification, at now: Moment) async -> DeliveryResult {
        let alert = AlertmanagerAlert(notification.incident, event: notification.event, from: sender, at: now.wall)
        return await onEveryReplica { replica in
            let former = await replica.alerts(like: alert, over: transport, from: sender)
            // What an earlier severity or place has left.
            let ended = former.filter { $0.labels != alert.labels }.map {
                AlertmanagerAlert(ending: $0.labels, from: $0.startsAt, at: now.wall)
            }
            return await replica.post([alert] + ended, over: transport, from: sender, at: now)
        }
    }

    public func refresh(_ incidents: [Incident], at now: Moment) async -> DeliveryResult {
        var worst = DeliveryResult.accepted(detail: "\(receiver): nothing to repeat")
        for part in incidents.chunked(by: Self.batch) {
            let alerts = part.map { AlertmanagerAlert($0, event: nil, from: sender, at: now.wall) }
            let result = await onEveryReplica { await $0.post(alerts, over: transport, from: sender, at: now) }
            guard case .accepted = result else { return result }
            worst = result
        }
        return worst
    }

    /// Accepted when one replica has it: that one notifies, and the others hear of it from the next refresh. A replica
    /// that is down holds up nobody, because each is asked at the same time and for no longer than one attempt.
    private func onEveryReplica(_ body: @escaping @Sendable (Replica) async -> DeliveryResult) async -> DeliveryResult {
        let results = await withTaskGroup(of: (Int, DeliveryResult).self) { group in
            for (index, replica) in replicas.enumerated() { group.addTask { (index, await body(replica)) } }
            return await group.reduce(into: [Int: DeliveryResult]()) { $0[$1.0] = $1.1 }
        }
        let ordered = replicas.indices.compactMap { results[$0] }
        let failures = ordered.compactMap(\.failure)
        guard failures.count == ordered.count else {
            let remark = failures.isEmpty ? "" : "; not by \(failures.joined(separator: "; not by "))"
            let count = ordered.count - failures.count
            return .accepted(detail: "\(receiver): accepted by \(count) of \(ordered.count)\(remark)")
        }
        let reason = failures.joined(separator: "; ")
        let patience = ordered.compactMap(\.patience)
        // While one of them may heal, it is worth trying again, as soon as the first of them allows.
        guard let soonest = patience.min() else { return .refused(reason: reason) }
        return .retry(reason: reason, retryAfter: soonest > .zero ? soonest : nil)
    }
}

extension DeliveryResult {
    /// Why it was not accepted.
    fileprivate var failure: String? {
        switch self {
        case .accepted: nil
        case .retry(let reason, _), .refused(let reason): reason
        }
    }

    /// How long to wait, when waiting may help at all.
    fileprivate var patience: Duration? {
        if case .retry(_, let wait) = self { wait ?? .zero } else { nil }
    }
}

/// One Alertmanager.
private struct Replica: Sendable {
    /// How much of an attempt may go into asking.
    static let patience: Duration = .seconds(3)

    let address: ReceiverAddress

    func post(
        _ alerts: [AlertmanagerAlert], over transport: any HTTPTransport, from sender: SenderIdentity, at now: Moment
    ) async -> DeliveryResult {
        guard let body = try? WireJSON.bytes(of: alerts) else {
            return .refused(reason: "\(address): an alert cannot be written as JSON; please report this as a bug")
        }
        var call = HTTPCall.attempt(address, .json(from: sender), body)
        call.limits.total = ChannelLimits.attempt - Self.patience
        do {
            let answer = try await transport.send(call)
            let words = String(decoding: answer.body, as: UTF8.self).oneLine(ChannelLimits.quotedCharacters)
            let isSilent = answer.status < 300 || words.isEmpty
            return .judging(answer, from: address, at: now, said: isSilent ? nil : address.quotable(words))
        } catch {
            return .judging(error, from: address)
        }
    }

    /// The alerts that this replica believes to fire for the incident of `alert`. When it cannot be asked, that is none:
    /// the POST that follows tells why, and a leftover ends by itself.
    func alerts(
        like alert: AlertmanagerAlert, over transport: any HTTPTransport, from sender: SenderIdentity
    ) async -> [AlertmanagerAlert] {
        let key = alert.labels[AlertmanagerAlert.keyLabel] ?? ""
        let quoted = key.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        let filter = "\(AlertmanagerAlert.keyLabel)=\"\(quoted)\"".percentEncoded
        let call = HTTPCall(
            .get, "\(address.url.withRevealed { $0 })?filter=\(filter)",
            headerFields: HTTPFields(texts: [("accept", "application/json"), ("user-agent", sender.userAgent)]),
            limits: HTTPLimits(
                connect: Self.patience, total: Self.patience, stall: Self.patience,
                responseBytes: ChannelLimits.answerBytes))
        guard let answer = try? await transport.send(call), answer.status == 200,
            let alerts = try? WireJSON.value([AlertmanagerAlert].self, from: answer.body)
        else { return [] }
        return alerts.filter { $0.labels[AlertmanagerAlert.keyLabel] == key }
    }
}

extension String {
    /// Everything but RFC 3986's unreserved characters as `%XX` of its UTF-8.
    fileprivate var percentEncoded: String {
        let digits = Array("0123456789ABCDEF")
        return utf8.reduce(into: "") { encoded, byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                encoded.append("%")
                encoded.append(digits[Int(byte >> 4)])
                encoded.append(digits[Int(byte & 15)])
            }
        }
    }
}

extension AlertmanagerChannel: CustomStringConvertible, CustomReflectable {
    public var description: String {
        "alertmanager \(receiver) (\(replicas.map(\.address.host).joined(separator: ", ")))"
    }
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
