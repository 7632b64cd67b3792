// Descriptor 3 and the environment belong to the whole process, so each case has a process of its own.

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
            Activation.pass(names: "api:metrics", listening: [true, true])
            let sockets = try ListeningSockets.inherit()
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
            Activation.pass(names: "api", listening: [true])
            setenv("LISTEN_PID", "1", 1)
            end(checked: [try ListeningSockets.inherit().isEmpty, fcntl(3, F_GETFD) != -1])
        }
    }

    @Test func aSocketThatDoesNotListenIsRefusedAndAllAreClosed() async {
        await #expect(processExitsWith: .success) {
            Activation.pass(names: "api:metrics", listening: [true, false])
            do {
                _ = try ListeningSockets.inherit()
                end(checked: [false])
            } catch {
                end(checked: [
                    error as? ListeningSocketsError == .notListening(name: "metrics"), fcntl(3, F_GETFD) == -1,
                    fcntl(4, F_GETFD) == -1,
                ])
            }
        }
    }

    @Test func tooManyAreRefused() {
        let surplus = (0...ListeningSockets.limit).map { ListeningSocket(name: "api", fileDescriptor: 100 + Int32($0)) }
        #expect(ListeningSockets.problem(with: surplus) == .tooMany(count: ListeningSockets.limit + 1))
    }
}

/// Ends the process with 0, or with the number of the first check that failed.
///
/// `#expect` would report through a descriptor that may be 3 or 4 itself, and so be one of those replaced here.
private func end(checked checks: [Bool]) -> Never {
    exit(checks.firstIndex(of: false).map { Int32($0 + 1) } ?? 0)
}

/// What systemd does between fork and exec: sockets from descriptor 3 upward and three variables.
private enum Activation {
    static func pass(names: String, listening: [Bool]) {
        let sockets = listening.map { listens in
            let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                    _ = bind(descriptor, generic, socklen_t(MemoryLayout<sa_family_t>.size))
                }
            }
            if listens { _ = listen(descriptor, 1) }
            return fcntl(descriptor, F_DUPFD, 100)
        }
        for (index, socket) in sockets.enumerated() { dup2(socket, Int32(3 + index)) }
        setenv("LISTEN_PID", String(getpid()), 1)
        setenv("LISTEN_FDS", String(sockets.count), 1)
        setenv("LISTEN_FDNAMES", names, 1)
    }
}
