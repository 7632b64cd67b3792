// A request that is not done. The text goes straight to the person who asked, at night, so it says what to do about it.

/// Why a request was refused; nothing of it was done.
public struct Refusal: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
        case invalid
        case unauthenticated
        case forbidden
        case notFound = "not_found"
        case methodNotAllowed = "method_not_allowed"
        case conflict
        case tooLarge = "too_large"
        case unsupportedMediaType = "unsupported_media_type"
        /// It may work later; the store cannot be written.
        case unavailable
        /// A defect of Roomwatch.
        case failed

        /// The status code of the answer.
        public var status: Int {
            switch self {
            case .invalid: 400
            case .unauthenticated: 401
            case .forbidden: 403
            case .notFound: 404
            case .methodNotAllowed: 405
            case .conflict: 409
            case .tooLarge: 413
            case .unsupportedMediaType: 415
            case .failed: 500
            case .unavailable: 503
            }
        }

        /// The phrase that RFC 9110 gives the status.
        public var title: String {
            switch self {
            case .invalid: "Bad Request"
            case .unauthenticated: "Unauthorized"
            case .forbidden: "Forbidden"
            case .notFound: "Not Found"
            case .methodNotAllowed: "Method Not Allowed"
            case .conflict: "Conflict"
            case .tooLarge: "Content Too Large"
            case .unsupportedMediaType: "Unsupported Media Type"
            case .failed: "Internal Server Error"
            case .unavailable: "Service Unavailable"
            }
        }
    }

    public var kind: Kind
    /// What is wrong.
    public var detail: String
    /// What to do.
    public var remedy: String

    public init(_ kind: Kind, _ detail: String, remedy: String) {
        self.kind = kind
        self.detail = detail
        self.remedy = remedy
    }

    public var description: String { "\(detail); \(remedy)" }
}

/// The body of a refusal: a problem of RFC 9457 with type `about:blank`, a word for scripts and a remedy for people.
public struct Problem: Sendable, Hashable, Codable {
    public static let mediaType = "application/problem+json"

    public var type: String
    public var title: String
    public var status: Int
    public var detail: String
    /// ``Refusal/Kind``; open for new words.
    public var code: String
    public var remedy: String

    public init(_ refusal: Refusal) {
        type = "about:blank"
        title = refusal.kind.title
        status = refusal.kind.status
        detail = refusal.detail
        code = refusal.kind.rawValue
        remedy = refusal.remedy
    }
}
