// One request of the API: who asks, may they, what do they send, and how the answer or the refusal looks on the wire.

import FleetAPI
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// A request whose asker is known and allowed.
struct APIRequest: Sendable {
    let asker: Asker
    let parameters: Parameters
    let query: Query
    /// At most ``APIRoutes/maximumBody`` bytes.
    let body: [UInt8]
    let contentType: String?
    /// What somebody who comes back to a stream heard last.
    let lastEventID: String?
    /// Whether the asker's token is still one of the file with the same rights; true on the unix socket.
    let isStillAllowed: @Sendable () -> Bool

    func parameter(_ name: String) throws(Refusal) -> String {
        guard let raw = parameters.get(name), let text = raw.removingPercentEncoding, !text.isEmpty else {
            throw Refusal(.notFound, "the address names nothing", remedy: "see the list of addresses in the contract")
        }
        return text
    }

    /// The body, with every field known.
    func read<Body: RequestFields>(_ type: Body.Type, mayBeAbsent absent: Body? = nil) throws(Refusal) -> Body {
        if body.isEmpty, let absent { return absent }
        let media = contentType?.split(separator: ";").first?.trimmingCharacters(in: .whitespaces).lowercased()
        guard media == "application/json" else {
            throw Refusal(
                .unsupportedMediaType, "the body is \(media ?? "of no stated type")",
                remedy: "send JSON with Content-Type: application/json")
        }
        let fields: [String: Ignored]
        do {
            fields = try WireJSON.value([String: Ignored].self, from: body)
        } catch {
            throw Refusal(.invalid, "the body is not a JSON object", remedy: "send an object such as {}")
        }
        if let unknown = fields.keys.filter({ !Body.fields.contains($0) }).min() {
            throw Refusal(
                .invalid, "the field \(unknown.prefix(40)) is unknown",
                remedy: "the fields are \(Body.fields.sorted().joined(separator: ", "))")
        }
        try checkTexts()
        do {
            return try WireJSON.value(type, from: body)
        } catch let error as DecodingError {
            throw Refusal(.invalid, error.words, remedy: "see the contract for the field's form")
        } catch {
            throw Refusal(.invalid, "the body cannot be read", remedy: "see the contract for its form")
        }
    }
}

extension APIRequest {
    /// A reason that nobody can see is none, and a control character changes how everything after it looks.
    private func checkTexts() throws(Refusal) {
        guard let value = try? JSONSerialization.jsonObject(with: Data(body)) else { return }
        var texts: [String] = []
        func collect(_ value: Any) {
            switch value {
            case let text as String: texts.append(text)
            case let list as [Any]: for one in list { collect(one) }
            case let object as [String: Any]: for one in object.values { collect(one) }
            default: break
            }
        }
        collect(value)
        guard texts.allSatisfy(\.isPlain) else { throw .notPlain }
    }
}

/// A value of whatever kind, of which only the name matters.
private struct Ignored: Decodable {
    init(from decoder: any Decoder) throws {}
}

extension DecodingError {
    /// What is wrong with which field, without what was in it.
    fileprivate var words: String {
        func path(_ context: Context, _ last: (any CodingKey)? = nil) -> String {
            (context.codingPath + [last].compactMap(\.self)).map(\.stringValue).joined(separator: ".")
        }
        switch self {
        case .keyNotFound(let key, let context): return "the field \(path(context, key)) is missing"
        case .typeMismatch(_, let context): return "the field \(path(context)) has the wrong type"
        case .valueNotFound(_, let context): return "the field \(path(context)) is null"
        case .dataCorrupted(let context) where context.codingPath.isEmpty:
            return
                "the body holds a value that cannot be read, such as a number that is too large or not whole, or text "
                + "that is no UTF-8"
        case .dataCorrupted(let context): return "the field \(path(context)) is \(context.debugDescription)"
        @unknown default: return "the body cannot be read"
        }
    }
}

/// The parameters behind the question mark.
struct Query: Sendable {
    /// Characters of a value that is free text.
    static let maximumText = 320

    private var values: [String: String] = [:]

    init(_ request: Request, allowing names: Set<String>) throws(Refusal) {
        for (name, value) in FormFields.pairs(of: request.uri.query ?? "") {
            guard names.contains(name) else {
                throw Refusal(
                    .invalid, "the parameter \(name.prefix(40)) is unknown",
                    remedy: names.isEmpty
                        ? "this address has none" : "the parameters are \(names.sorted().joined(separator: ", "))")
            }
            guard values[name] == nil else {
                throw Refusal(.invalid, "the parameter \(name) is given twice", remedy: "give it once, with commas")
            }
            guard let value else {
                throw Refusal(
                    .invalid, "the value of \(name) is not percent-encoded UTF-8", remedy: "encode it as URLs demand")
            }
            values[name] = value
        }
    }

    subscript(name: String) -> String? { values[name].flatMap { $0.isEmpty ? nil : $0 } }

    func list(_ name: String) -> [String] { (self[name] ?? "").split(separator: ",").map(String.init) }

    /// A word of a person's, as it stands in a directory.
    func text(_ name: String) throws(Refusal) -> String? {
        guard let text = self[name] else { return nil }
        guard text.unicodeScalars.count <= Self.maximumText else {
            throw Refusal(
                .invalid, "\(name) is longer than \(Self.maximumText) characters",
                remedy: "give the whole of it or less")
        }
        return text
    }

    /// A list of which every word is known.
    func words(_ name: String, among known: [String]) throws(Refusal) -> [String] {
        let given = list(name)
        if let odd = given.first(where: { !known.contains($0) }) {
            throw Refusal(
                .invalid, "\(name) cannot be \(odd.prefix(40))",
                remedy: "use \(known.joined(separator: ", ")), or leave it out")
        }
        return given
    }

    /// One of `true` and `false`; `false` where it is not given.
    func flag(_ name: String) throws(Refusal) -> Bool {
        switch self[name] {
        case nil, "false"?: return false
        case "true"?: return true
        default:
            throw Refusal(.invalid, "\(name) is neither true nor false", remedy: "use one of them, or leave it out")
        }
    }

    func number(_ name: String, in range: ClosedRange<Int>, else byDefault: Int) throws(Refusal) -> Int {
        guard let text = self[name] else { return byDefault }
        guard let number = Int(text), range.contains(number) else {
            throw Refusal(
                .invalid, "\(name) is not a whole number from \(range.lowerBound) to \(range.upperBound)",
                remedy: "correct it, or leave it out for \(byDefault)")
        }
        return number
    }
}

extension Response {
    /// `{"data": …}`
    static func data(_ content: some Codable & Sendable, status: HTTPResponse.Status = .ok) throws -> Response {
        json(try WireJSON.bytes(of: Envelope(content)), type: "application/json", status: status)
    }

    static func problem(_ refusal: Refusal) -> Response {
        let bytes: [UInt8]
        do {
            bytes = try WireJSON.bytes(of: Problem(refusal))
        } catch {
            // Three texts and a number can always be written; an empty body still has its status.
            bytes = []
        }
        var response = json(bytes, type: Problem.mediaType, status: HTTPResponse.Status(code: refusal.kind.status))
        if refusal.kind == .unauthenticated { response.headers[.wwwAuthenticate] = "Bearer realm=\"roomwatch\"" }
        return response
    }

    private static func json(_ bytes: [UInt8], type: String, status: HTTPResponse.Status) -> Response {
        Response(
            status: status,
            headers: [.contentType: type, .cacheControl: "no-store", .xContentTypeOptions: "nosniff"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}
