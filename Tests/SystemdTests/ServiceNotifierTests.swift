// The datagrams are compared byte for byte with sd_notify(3). What touches the environment runs in a process of its
// own, because setenv(3) and a test running beside it do not mix.

import Glibc
import Testing

@testable import Systemd

@Suite struct ServiceNotifierTests {
    @Test func datagramsFollowTheProtocol() {
        #expect(Notification.ready(status: nil).datagram == "READY=1")
        #expect(Notification.ready(status: "watching 12 rooms").datagram == "READY=1\nSTATUS=watching 12 rooms")
        #expect(
            Notification.reloading(monotonicMicroseconds: 1_234_567, status: nil).datagram
                == "RELOADING=1\nMONOTONIC_USEC=1234567")
        #expect(Notification.stopping(status: nil).datagram == "STOPPING=1")
        #expect(Notification.status("one sweep").datagram == "STATUS=one sweep")
        #expect(Notification.watchdog.datagram == "WATCHDOG=1")
    }

    @Test func aStatusCannotAddAField() {
        let hostile = "Room 1\nWATCHDOG=trigger\r\u{85}\u{2028}X=1"
        #expect(Notification.status(hostile).datagram == "STATUS=Room 1 WATCHDOG=trigger   X=1")
    }

    @Test func aStatusIsBounded() {
        let datagram = Notification.status(String(repeating: "ä", count: 5000)).datagram
        #expect(datagram.utf8.count <= ServiceNotifier.statusBytes + "STATUS=".utf8.count)
        #expect(datagram.hasSuffix("ä…"))
    }

    @Test func withoutSystemdNothingHappens() async {
        await #expect(processExitsWith: .success) {
            unsetenv("NOTIFY_SOCKET")
            unsetenv("WATCHDOG_USEC")
            let notifier = ServiceNotifier()
            try notifier.ready(status: "ready")
            try notifier.watchdog()
            #expect(notifier.watchdogInterval == nil)
        }
    }

    @Test func systemdHearsEveryWord() async {
        await #expect(processExitsWith: .success) {
            let manager = try NotifySocket()
            setenv("NOTIFY_SOCKET", manager.address, 1)
            let notifier = ServiceNotifier(monotonicMicroseconds: { 42 })
            try notifier.ready(status: "up")
            #expect(manager.receive() == "READY=1\nSTATUS=up")
            try notifier.reloading()
            #expect(manager.receive() == "RELOADING=1\nMONOTONIC_USEC=42")
            try notifier.watchdog()
            #expect(manager.receive() == "WATCHDOG=1")
            try notifier.status("half way")
            #expect(manager.receive() == "STATUS=half way")
            try notifier.stopping()
            #expect(manager.receive() == "STOPPING=1")
        }
    }

    @Test func aDeadSocketIsAnErrorThatNamesTheField() async {
        await #expect(processExitsWith: .success) {
            setenv("NOTIFY_SOCKET", "@roomwatch-nobody-listens-here", 1)
            let error = #expect(throws: ServiceNotifierError.self) { try ServiceNotifier().ready() }
            #expect(error?.errorNumber == ECONNREFUSED)
            #expect(error?.description.contains("READY") == true)
        }
    }

    @Test func theWatchdogIntervalIsThatOfThisProcessOnly() async {
        await #expect(processExitsWith: .success) {
            setenv("WATCHDOG_USEC", "30000000", 1)
            setenv("WATCHDOG_PID", String(getpid()), 1)
            #expect(ServiceNotifier().watchdogInterval == .seconds(30))
            setenv("WATCHDOG_PID", "1", 1)
            #expect(ServiceNotifier().watchdogInterval == nil)
        }
    }

    @Test func theStampIsTheKernelsMonotonicClock() {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        let before = UInt64(time.tv_sec) * 1_000_000 + UInt64(time.tv_nsec) / 1000
        #expect(ServiceNotifier.kernelMonotonicMicroseconds() >= before)
    }
}

/// The service manager's end: a datagram socket in the abstract namespace, named by the kernel.
private struct NotifySocket {
    let descriptor: Int32
    let address: String

    init() throws {
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        var own = sockaddr_un()
        own.sun_family = sa_family_t(AF_UNIX)
        var size = socklen_t(MemoryLayout<sa_family_t>.size)
        let name = withUnsafeMutablePointer(to: &own) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic -> Int32 in
                // Binding the bare family lets the kernel choose a free abstract name (unix(7), autobind).
                let bound = bind(descriptor, generic, size)
                size = socklen_t(MemoryLayout<sockaddr_un>.size)
                return bound + getsockname(descriptor, generic, &size)
            }
        }
        try #require(name == 0)
        self.descriptor = descriptor
        let length = Int(size) - MemoryLayout<sa_family_t>.size - 1
        address = withUnsafeBytes(of: &own.sun_path) { path in
            "@" + String(decoding: path[1..<(1 + length)], as: UTF8.self)
        }
    }

    func receive() -> String? {
        var bytes = [UInt8](repeating: 0, count: 8192)
        let count = recv(descriptor, &bytes, bytes.count, Int32(MSG_DONTWAIT))
        return count < 0 ? nil : String(decoding: bytes.prefix(count), as: UTF8.self)
    }
}
