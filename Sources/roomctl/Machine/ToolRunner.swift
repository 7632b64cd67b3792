// Runs a tool of the system, for a few seconds at most and without a terminal: a tool that waits for a password or a
// pager must not hold up whoever asks what is wrong.

import Foundation

/// Runs programs; tests put their own answers here.
struct ToolRunner: Sendable {
    struct Run: Sendable, Hashable {
        var code: Int32
        var out: String
        var err: String
    }

    /// Seconds that a tool may take.
    static let limit = 5
    /// Bytes of an answer that are read.
    static let maximumBytes = 256 * 1024

    /// `nil` when there is no such program, or it did not answer in time.
    var run: @Sendable (_ program: String, _ arguments: [String]) -> Run?

    init(run: @escaping @Sendable (_ program: String, _ arguments: [String]) -> Run?) { self.run = run }

    func run(_ program: String, _ arguments: [String]) -> Run? { self.run(program, arguments) }

    static let system = ToolRunner { program, arguments in
        guard let path = path(of: program), let patience = Self.path(of: "timeout") else { return nil }
        let process = Process()
        process.executableURL = URL(filePath: patience)
        process.arguments = ["\(limit)", path] + arguments
        process.environment = [
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C",
            "SYSTEMD_COLORS": "0",
            "SYSTEMD_PAGER": "cat",
        ]
        let (out, err) = (Pipe(), Pipe())
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = out
        process.standardError = err
        guard (try? process.run()) != nil else { return nil }
        // One after the other: an error text that fills its pipe ends with the tool's time.
        let said = Self.text(of: out)
        let complained = Self.text(of: err)
        process.waitUntilExit()
        // timeout(1) says 124 for a tool that it ended.
        guard process.terminationReason == .exit, process.terminationStatus != 124 else { return nil }
        return Run(code: process.terminationStatus, out: said, err: complained)
    }

    private static func text(of pipe: Pipe) -> String {
        let bytes = (try? pipe.fileHandleForReading.readToEnd()) ?? Data()
        return String(decoding: bytes.prefix(maximumBytes), as: UTF8.self)
    }

    private static func path(of program: String) -> String? {
        if program.hasPrefix("/") { return FileManager.default.isExecutableFile(atPath: program) ? program : nil }
        return ["/usr/bin", "/bin", "/usr/local/bin", "/usr/sbin"].map { "\($0)/\(program)" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }
}
