// Programs of the machine that roomctl asks: systemctl, journalctl, tar, and roomwatchd itself. They are run without a
// shell, so nothing in a name is ever taken for a command.

import Foundation

/// One program.
struct Tool {
    /// Where programs are looked for; the caller's PATH is not asked, because this may run as root.
    static let folders = ["/usr/bin", "/bin", "/usr/sbin", "/sbin"]
    /// What one program may print, in bytes; more is cut off.
    static let mostOutput = 64 << 20

    let path: String

    init(path: String) { self.path = path }

    /// - Returns: `nil` when the machine has no such program.
    init?(_ name: String) {
        guard let found = Self.folders.map({ "\($0)/\(name)" }).first(where: FileManager.default.isExecutableFile)
        else {
            return nil
        }
        path = found
    }

    struct Outcome {
        var code: Int32
        var output: Data
    }

    /// Runs it and takes what it prints; its complaints are thrown away.
    func run(_ arguments: [String]) throws -> Outcome {
        let process = Process()
        process.executableURL = URL(filePath: path)
        process.arguments = arguments
        process.environment = ["PATH": Self.folders.joined(separator: ":"), "LC_ALL": "C.UTF-8"]
        process.standardInput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        var output = Data()
        while let piece = try pipe.fileHandleForReading.read(upToCount: 1 << 16), !piece.isEmpty {
            if output.count < Self.mostOutput { output.append(piece) }
        }
        process.waitUntilExit()
        return Outcome(code: process.terminationStatus, output: output)
    }

    /// Runs it with this process's own terminal.
    func runHere(_ arguments: [String]) throws -> Int32 {
        let process = Process()
        process.executableURL = URL(filePath: path)
        process.arguments = arguments
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }
}

/// The service manager, where there is one.
enum ServiceUnit {
    static let service = "roomwatchd.service"
    static let socket = "roomwatchd.socket"

    /// Units of the daemon that run. Asking the socket instead would start the daemon.
    static func active() -> [String] {
        guard FileManager.default.fileExists(atPath: "/run/systemd/system"), let systemctl = Tool("systemctl") else {
            return []
        }
        return [socket, service].filter { unit in
            let outcome = try? systemctl.run(["is-active", unit])
            let state = outcome.map { String(decoding: $0.output, as: UTF8.self) } ?? ""
            return ["active", "activating", "reloading", "deactivating"].contains(
                state.trimmingCharacters(in: .whitespacesAndNewlines))
        }
    }
}
