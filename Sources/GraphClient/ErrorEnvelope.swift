// Graph's error bodies come from dozens of back ends: the inner error has two spellings and nests, codes are empty,
// bodies are missing or a gateway's HTML. All of it must end in a code and a text, and never in another failure.

import Foundation

/// What could be learned from an error body.
struct ErrorEnvelope {
    /// The outermost code that says something; empty when none does.
    var code = ""
    var message = ""
    /// Codes from the outside in, as sent.
    var codes: [String] = []

    /// Bodies beyond this size are not parsed; no error needs it.
    static let longestBody = 256 * 1024
    private static let deepestNesting = 8

    init(_ body: [UInt8], redacting: [String]) {
        guard body.count <= Self.longestBody,
            let object = try? JSONSerialization.jsonObject(with: Data(body)) as? [String: Any]
        else {
            self.init([:], redacting: [])
            message = ServerText.clean(String(decoding: body.prefix(2_000), as: UTF8.self), redacting: redacting)
            return
        }
        self.init(object, redacting: redacting)
    }

    init(_ object: [String: Any], redacting: [String]) {
        var level = object["error"] as? [String: Any]
        if level == nil, let text = object["error"] as? String {
            codes = [text]
            message = object["error_description"] as? String ?? ""
        }
        var depth = 0
        while let current = level, depth < Self.deepestNesting {
            if let code = current["code"] as? String { codes.append(code) }
            if message.isEmpty { message = current["message"] as? String ?? "" }
            level = (current["innerError"] ?? current["innererror"]) as? [String: Any]
            depth += 1
        }
        message = ServerText.clean(message, redacting: redacting)
        codes = codes.map { String(ServerText.clean($0, redacting: redacting).prefix(100)) }
        code = codes.first { !$0.isEmpty && $0 != "UnknownError" } ?? codes.first ?? ""
    }

    /// Whether a status with this body means that the call is gone, not its object.
    ///
    /// The text is looked at here alone: Graph has no code of its own for a segment that it no longer knows.
    func looksRetired(status: Int) -> Bool {
        switch status {
        case 400, 404: message.range(of: "Resource not found for the segment", options: .caseInsensitive) != nil
        case 405, 501: true
        case 410: !codes.contains { ["resyncrequired", "syncstatenotfound"].contains($0.lowercased()) }
        default: false
        }
    }
}
