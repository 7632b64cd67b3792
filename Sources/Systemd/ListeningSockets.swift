// With roomwatchd.socket systemd owns the listening socket: it exists before the daemon, survives its restarts and has
// the group and mode of the unit file. The daemon only has to find out which descriptor is which.

import CLibsystemd
import Glibc

/// A listening stream socket that was passed in by the service manager.
public struct ListeningSocket: Sendable, Hashable {
    /// `FileDescriptorName=` of the socket unit; the unit's name where that is not set.
    public let name: String
    /// The open descriptor, close-on-exec. It belongs to whoever asked for it.
    public let fileDescriptor: Int32

    public init(name: String, fileDescriptor: Int32) {
        self.name = name
        self.fileDescriptor = fileDescriptor
    }
}

/// The sockets of `LISTEN_FDS` (sd_listen_fds_with_names(3)).
public enum ListeningSockets {
    /// The most sockets that are taken; `roomwatchd.socket` passes one.
    public static let limit = 8

    /// Takes over the sockets that were passed in, in the order of the unit file; empty without socket activation.
    ///
    /// The variables are removed from the environment, so a second call answers empty: ownership is handed over once.
    ///
    /// - Throws: ``ListeningSocketsError``. All descriptors that were passed in are closed before it is thrown.
    public static func inherit() throws(ListeningSocketsError) -> [ListeningSocket] {
        try taken(announced())
    }

    /// What the environment announces, unchecked; the variables are gone afterwards.
    static func announced() throws(ListeningSocketsError) -> [ListeningSocket] {
        var names: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
        let count = sd_listen_fds_with_names(1, &names)
        defer { free(names) }
        guard count >= 0 else { throw .unreadableEnvironment(errorNumber: -count) }

        let first = SD_LISTEN_FDS_START
        return (0..<count).map { index in
            let name = names?[Int(index)]
            defer { free(name) }
            return ListeningSocket(
                name: name.map { String(cString: $0) } ?? "unknown", fileDescriptor: first + index)
        }
    }

    /// The sockets when all of them can be used.
    ///
    /// - Throws: ``ListeningSocketsError`` for the first that cannot; all are closed then.
    static func taken(_ sockets: [ListeningSocket]) throws(ListeningSocketsError) -> [ListeningSocket] {
        if let problem = problem(with: sockets) {
            for socket in sockets { close(socket.fileDescriptor) }
            throw problem
        }
        return sockets
    }

    static func problem(with sockets: [ListeningSocket]) -> ListeningSocketsError? {
        if sockets.count > limit { return .tooMany(count: sockets.count) }
        for socket in sockets where sd_is_socket(socket.fileDescriptor, 0, Int32(SOCK_STREAM.rawValue), 1) <= 0 {
            return .notListening(name: socket.name)
        }
        return nil
    }
}

/// Why the passed-in sockets cannot be used. Each is a mistake in the unit files.
public enum ListeningSocketsError: Error, Sendable, Hashable, CustomStringConvertible {
    case unreadableEnvironment(errorNumber: Int32)
    case tooMany(count: Int)
    case notListening(name: String)

    public var description: String {
        switch self {
        case .unreadableEnvironment(let errorNumber):
            "the sockets announced by LISTEN_FDS cannot be taken over: \(errorText(errorNumber)); "
                + "start the daemon through its socket unit or without LISTEN_FDS in the environment"
        case .tooMany(let count):
            "\(count) sockets were passed in, at most \(ListeningSockets.limit) are taken; "
                + "remove ListenStream= lines from the socket unit"
        case .notListening(let name):
            "the socket passed in as \"\(name.escapedForLine)\" is not a listening stream socket; "
                + "the socket unit must use ListenStream= and Accept=no"
        }
    }
}
