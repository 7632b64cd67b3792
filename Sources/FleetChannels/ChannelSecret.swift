// Secrets are printed by accident: in an error, in a debug line, in a dump of the value that holds them. This type
// makes every such accident harmless; only the code that sends a secret to its receiver can read it.

/// A secret of a receiver: a signing secret, a routing key, or a URL that is one.
public struct ChannelSecret: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    let exposed: String

    /// - Parameter text: the content of the secret's file; white space around it, such as the newline at the end, is
    ///   no part of the secret.
    public init(_ text: String) {
        let isSpace: (Character) -> Bool = \.isWhitespace
        let begin = text[...].drop(while: isSpace)
        exposed = String(begin.prefix(begin.count - begin.reversed().prefix(while: isSpace).count))
    }

    public var description: String { "<redacted>" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: [:]) }

    var isEmpty: Bool { exposed.isEmpty }
}
