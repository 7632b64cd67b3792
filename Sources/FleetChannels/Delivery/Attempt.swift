// What every channel over HTTP sends alike.

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

extension HTTPFields {
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
