// What every channel over HTTP sends alike.

import FleetCore
import HTTPExchange
import HTTPTypes

extension HTTPCall {
    /// A POST within the bounds of one attempt.
    static func attempt(_ address: ReceiverAddress, _ fields: HTTPFields, _ body: [UInt8]) -> HTTPCall {
        HTTPCall(
            .post, address.url.exposed, headerFields: fields, body: body,
            limits: HTTPLimits(
                connect: ChannelLimits.connect, total: ChannelLimits.attempt, stall: ChannelLimits.attempt,
                responseBytes: ChannelLimits.answerBytes))
    }
}

extension DeliveryResult {
    /// A message that JSON cannot say. No value of ours leads there; if one did, trying again would not help.
    static func unwritable(_ notification: FleetCore.Notification, for address: ReceiverAddress) -> DeliveryResult {
        .refused(
            reason: "\(address): message \(notification.id) cannot be written as JSON; please report this as a bug")
    }
}

extension HTTPFields {
    /// What every JSON message carries. The character set is named because a receiver may count a message without one
    /// at two bytes a character.
    static func json(from sender: SenderIdentity) -> HTTPFields {
        HTTPFields(texts: [("content-type", "application/json; charset=utf-8"), ("user-agent", sender.userAgent)])
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
