// Why the demonstration cannot go on, said to whoever runs it.

/// A note to the person at the terminal.
struct Failure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
