// A secret that goes out with a request must be usable and unprintable. Wrapping it in a type whose every rendering is a mask means that an
// interpolation in a log line or an error, the usual way secrets leak, leaks nothing.

/// A value that is sent but never shown.
///
/// `description`, `debugDescription` and reflection all show a mask; only ``withRevealed(_:)`` hands the text out.
public struct Secret: Sendable, Hashable {
    private let text: String

    public init(_ text: String) {
        self.text = text
    }

    /// The same without white space around it: an editor ends a secret's file with a newline that is no part of it.
    public var trimmed: Secret {
        let start = text.drop(while: \.isWhitespace)
        return Secret(String(start.prefix(start.count - start.reversed().prefix(while: \.isWhitespace).count)))
    }

    /// Whether there is nothing in it; an empty credential file is a mistake worth its own message.
    public var isEmpty: Bool { text.isEmpty }

    /// Hands the text to `body` for as long as it takes to put it on the wire.
    public func withRevealed<T, Failure: Error>(_ body: (String) throws(Failure) -> T) throws(Failure) -> T {
        try body(text)
    }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "<secret>" }
    public var debugDescription: String { "<secret>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
