// What every channel over HTTP sends alike.

import FleetAPI
import FleetCore
import HTTPExchange
import HTTPTypes

/// How a channel whose whole message is one JSON body tells its receiver.
struct MessagePost: Sendable {
    let address: ReceiverAddress
    let sender: SenderIdentity
    let transport: any HTTPTransport
    var contentType = HTTPFields.utf8JSON

    /// Makes one attempt.
    ///
    /// - Parameters:
    ///   - id: the notification's, for the error.
    ///   - judge: what an answer means for the notification; that there was none is judged here.
    func send(
        _ id: UniqueID, message: () throws -> some Encodable, judge: (HTTPAnswer) -> DeliveryResult
    ) async -> DeliveryResult {
        let body: [UInt8]
        do { body = try WireJSON.bytes(of: message()) } catch { return .unwritable(id, for: address) }
        do {
            return judge(try await transport.send(.attempt(address, .json(from: sender, as: contentType), body)))
        } catch {
            return .judging(error, from: address)
        }
    }
}

extension HTTPCall {
    /// A POST within the bounds of one attempt.
    static func attempt(_ address: ReceiverAddress, _ fields: HTTPFields, _ body: [UInt8]) -> HTTPCall {
        HTTPCall(
            .post, address.url.withRevealed(\.self), headerFields: fields, body: body,
            limits: HTTPLimits(
                connect: ChannelLimits.connect, total: ChannelLimits.attempt, stall: ChannelLimits.attempt,
                responseBytes: ChannelLimits.answerBytes))
    }
}

extension DeliveryResult {
    /// A message that JSON cannot say. No value of ours leads there; if one did, trying again would not help.
    static func unwritable(_ message: UniqueID, for address: ReceiverAddress) -> DeliveryResult {
        .refused(reason: "\(address): message \(message) cannot be written as JSON; please report this as a bug")
    }
}

extension HTTPFields {
    /// The character set is named because a receiver may count a message without one at two bytes a character.
    static let utf8JSON = "application/json; charset=utf-8"

    /// What every JSON message carries.
    static func json(from sender: SenderIdentity, as contentType: String = utf8JSON) -> HTTPFields {
        HTTPFields(texts: [("content-type", contentType), ("user-agent", sender.userAgent)])
    }

    /// Fields by their names, which are literals of this target; a name that HTTP does not allow is a slip that the
    /// tests of every channel catch, because they read each field back.
    init(texts: [(name: String, value: String)]) {
        self.init()
        for text in texts {
            guard let name = HTTPField.Name(text.name) else { continue }
            append(HTTPField(name: name, value: text.value))
        }
    }
}
