// swift-log's face towards the rest of the house. It only gathers what belongs to one event; formatting is pure and
// elsewhere, and so is the writing.

public import Logging

/// A log backend for a service: structured fields where the journal listens, readable lines everywhere else.
///
/// ```swift
/// let output = LogOutput(.detect(environment: environment, identifier: "roomwatchd"), time: { clock.now().wall })
/// LoggingSystem.bootstrap { ServiceLog(label: $0, level: level, output: output) }
/// ```
public struct ServiceLog: LogHandler {
    public var metadata: Logger.Metadata = [:]
    public var metadataProvider: Logger.MetadataProvider?
    public var logLevel: Logger.Level

    private let label: String
    private let output: LogOutput

    /// - Parameter label: the logger's name, shown before the message and stored as `LOGGER`.
    public init(label: String, level: Logger.Level, output: LogOutput) {
        self.label = label
        self.logLevel = level
        self.output = output
    }

    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    public func log(event: LogEvent) {
        // The nearer source wins: the event over the task's context over the logger.
        var all = metadata
        if let provided = metadataProvider?.get() { all.merge(provided) { _, nearer in nearer } }
        if let given = event.metadata { all.merge(given) { _, nearer in nearer } }
        if let error = event.error { all["error"] = "\(error)" }
        output.append(
            LogRecord(
                wall: output.wall, level: event.level, logger: label, message: event.message.description, metadata: all,
                file: event.file, line: event.line))
    }
}
