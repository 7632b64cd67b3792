// The environment belongs to the whole process, so what reads it has a process of its own. Descriptors 3 and 4 may be the
// runtime's own there: they are neither replaced nor closed, because a runtime that loses its event queue ends the process.

import Glibc
import Testing

@testable import Systemd

@Suite struct ListeningSocketsTests {
    @Test func withoutActivationThereAreNone() async {
        await #expect(processExitsWith: .success) {
            unsetenv("LISTEN_PID")
            unsetenv("LISTEN_FDS")
            end(checked: [try ListeningSockets.inherit().isEmpty])
        }
    }

    @Test func namesAndDescriptorsAreHandedOverOnce() async {
        await #expect(processExitsWith: .success) {
            Activation.announce("api:metrics", count: 2)
            let sockets = try ListeningSockets.announced()
            end(checked: [
                sockets.map(\.name) == ["api", "metrics"],
                sockets.map(\.fileDescriptor) == [3, 4],
                sockets.allSatisfy { fcntl($0.fileDescriptor, F_GETFD) & FD_CLOEXEC != 0 },
                getenv("LISTEN_FDS") == nil && getenv("LISTEN_PID") == nil && getenv("LISTEN_FDNAMES") == nil,
                try ListeningSockets.inherit().isEmpty,
            ])
        }
    }

    @Test func socketsForAnotherProcessAreLeftAlone() async {
        await #expect(processExitsWith: .success) {
            Activation.announce("api", count: 1)
            setenv("LISTEN_PID", "1", 1)
            end(checked: [try ListeningSockets.inherit().isEmpty, fcntl(3, F_GETFD) != -1])
        }
    }

    @Test func socketsThatListenAreTaken() throws {
        let sockets = [Activation.socket("api", listens: true), Activation.socket("metrics", listens: true)]
        defer { for socket in sockets { close(socket.fileDescriptor) } }
        #expect(try ListeningSockets.taken(sockets) == sockets)
        for socket in sockets { #expect(fcntl(socket.fileDescriptor, F_GETFD) != -1) }
    }

    @Test func aSocketThatDoesNotListenIsRefusedAndAllAreClosed() {
        let sockets = [Activation.socket("api", listens: true), Activation.socket("metrics", listens: false)]
        #expect(throws: ListeningSocketsError.notListening(name: "metrics")) { try ListeningSockets.taken(sockets) }
        for socket in sockets { #expect(fcntl(socket.fileDescriptor, F_GETFD) == -1) }
    }

    @Test func tooManyAreRefused() {
        let surplus = (0...ListeningSockets.limit).map { ListeningSocket(name: "api", fileDescriptor: 100 + Int32($0)) }
        #expect(ListeningSockets.problem(with: surplus) == .tooMany(count: ListeningSockets.limit + 1))
    }
}

/// Ends the process with 0, or with the number of the first check that failed.
private func end(checked checks: [Bool]) -> Never {
    _exit(checks.firstIndex(of: false).map { Int32($0 + 1) } ?? 0)
}

private enum Activation {
    /// Tests run side by side and take the lowest free descriptors; nobody else comes this far up.
    private static let lowest: Int32 = 600

    static func socket(_ name: String, listens: Bool) -> ListeningSocket {
        let descriptor = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                _ = bind(descriptor, generic, socklen_t(MemoryLayout<sa_family_t>.size))
            }
        }
        if listens { _ = listen(descriptor, 1) }
        return ListeningSocket(name: name, fileDescriptor: fcntl(descriptor, F_DUPFD, lowest))
    }

    /// What systemd does between fork and exec: three variables, and something open from descriptor 3 upward. `open`
    /// takes the lowest free descriptor in one step, so none that the runtime opens meanwhile is replaced.
    static func announce(_ names: String, count: Int) {
        for _ in 0..<count where open("/dev/null", O_RDONLY) >= 2 + Int32(count) { break }
        setenv("LISTEN_PID", String(getpid()), 1)
        setenv("LISTEN_FDS", String(count), 1)
        setenv("LISTEN_FDNAMES", names, 1)
    }
}
