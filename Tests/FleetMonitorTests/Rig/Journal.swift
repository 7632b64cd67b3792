// What the daemon would have told the operator.

import Logging
import Synchronization

final class Journal: Sendable {
    private let kept = Mutex<[String]>([])

    var lines: [String] { kept.withLock { $0 } }

    func lines(with text: String) -> [String] { lines.filter { $0.contains(text) } }

    func logger() -> Logger { Logger(label: "test") { _ in Writer(journal: self) } }

    private struct Writer: LogHandler {
        let journal: Journal
        var logLevel = Logger.Level.info
        var metadata: Logger.Metadata = [:]

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let line = "\(event.level): \(event.message)"
            journal.kept.withLock { $0.append(line) }
        }
    }
}
