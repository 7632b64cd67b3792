// The service manager only knows what a service tells it. This is that voice: readiness, reload, stop, status and
// the watchdog's pulse, in the words of sd_notify(3). Started by hand there is nobody to tell, and nothing happens.

import CLibsystemd
import Glibc

/// Tells systemd how the service is doing (sd_notify(3), `Type=notify`).
///
/// Every call is one datagram to `$NOTIFY_SOCKET` and does nothing where that variable is absent.
public struct ServiceNotifier: Sendable {
    /// The longest status line that is sent, in bytes; systemd takes 4096 bytes per datagram.
    public static let statusBytes = 1024

    private let monotonicMicroseconds: @Sendable () -> UInt64

    /// - Parameter monotonicMicroseconds: the kernel's CLOCK_MONOTONIC. The protocol asks for that very clock;
    ///   `Moment.steady` cannot serve, because it counts suspend and starts with the process.
    public init(monotonicMicroseconds: @escaping @Sendable () -> UInt64 = Self.kernelMonotonicMicroseconds) {
        self.monotonicMicroseconds = monotonicMicroseconds
    }

    /// Start-up or a reload is finished.
    public func ready(status: String? = nil) throws(ServiceNotifierError) {
        try send(.ready(status: status))
    }

    /// A reload begins; ``ready(status:)`` must follow, also when the new configuration was refused.
    public func reloading(status: String? = nil) throws(ServiceNotifierError) {
        try send(.reloading(monotonicMicroseconds: monotonicMicroseconds(), status: status))
    }

    /// The service begins to stop.
    public func stopping(status: String? = nil) throws(ServiceNotifierError) {
        try send(.stopping(status: status))
    }

    /// One line for `systemctl status`. Line breaks become spaces: they would end the field and start another.
    public func status(_ line: String) throws(ServiceNotifierError) {
        try send(.status(line))
    }

    /// One pulse for `WatchdogSec=`; due at least every ``watchdogInterval``, sensibly at half of it.
    public func watchdog() throws(ServiceNotifierError) {
        try send(.watchdog)
    }

    /// How long systemd waits for a pulse before it kills this process; `nil` when it expects none.
    public var watchdogInterval: Duration? {
        var microseconds: UInt64 = 0
        guard sd_watchdog_enabled(0, &microseconds) > 0 else { return nil }
        return .microseconds(Int64(clamping: microseconds))
    }

    /// CLOCK_MONOTONIC in microseconds, the stamp that sd_notify(3) asks for beside `RELOADING=1`.
    public static let kernelMonotonicMicroseconds: @Sendable () -> UInt64 = {
        var time = timespec()
        guard clock_gettime(CLOCK_MONOTONIC, &time) == 0 else { return 0 }
        return UInt64(time.tv_sec) * 1_000_000 + UInt64(time.tv_nsec) / 1000
    }

    private func send(_ notification: Notification) throws(ServiceNotifierError) {
        let result = sd_notify(0, notification.datagram)
        if result < 0 {
            throw ServiceNotifierError(fields: notification.fieldNames, errorNumber: -result)
        }
    }
}

/// systemd could not be told; the datagram was refused or its socket is gone.
public struct ServiceNotifierError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The names of the fields that did not arrive, such as `READY`.
    public let fields: [String]
    /// The C library's error number.
    public let errorNumber: Int32

    public var description: String {
        "systemd was not told \(fields.joined(separator: ", ")): \(errorText(errorNumber)); "
            + "check NotifyAccess= of the unit and that $NOTIFY_SOCKET is reachable from inside its sandbox"
    }
}

/// One datagram of sd_notify(3): a list of `NAME=value` lines.
struct Notification: Equatable {
    private(set) var fields: [Field]

    struct Field: Equatable {
        let name: String
        let value: String
    }

    static func ready(status: String?) -> Notification {
        Notification(fields: [Field(name: "READY", value: "1")]).adding(status: status)
    }

    static func reloading(monotonicMicroseconds: UInt64, status: String?) -> Notification {
        Notification(fields: [
            Field(name: "RELOADING", value: "1"),
            Field(name: "MONOTONIC_USEC", value: String(monotonicMicroseconds)),
        ]).adding(status: status)
    }

    static func stopping(status: String?) -> Notification {
        Notification(fields: [Field(name: "STOPPING", value: "1")]).adding(status: status)
    }

    static func status(_ line: String) -> Notification {
        Notification(fields: []).adding(status: line)
    }

    static let watchdog = Notification(fields: [Field(name: "WATCHDOG", value: "1")])

    var fieldNames: [String] { fields.map(\.name) }

    var datagram: String {
        fields.map { "\($0.name)=\($0.value)" }.joined(separator: "\n")
    }

    private func adding(status: String?) -> Notification {
        guard let status else { return self }
        var copy = self
        copy.fields.append(Field(name: "STATUS", value: Self.singleLine(status)))
        return copy
    }

    /// Control characters become spaces: a line break would let a room's name speak to systemd in our voice.
    private static func singleLine(_ text: String) -> String {
        var line = ""
        for scalar in text.unicodeScalars {
            line.unicodeScalars.append(scalar.endsLine ? " " : scalar)
        }
        return line.bounded(toBytes: ServiceNotifier.statusBytes)
    }
}
