// ArgumentParser ends a command with 64 when its arguments are wrong; every command of this house promises 2
// (Contract, Commands). The way in and the ways out are the same for all of them, so they stand here once.

public import ArgumentParser
import Foundation

/// What a command that failed leaves behind.
public struct CommandFailure: Sendable {
    /// For standard error; `nil` when everything was said before.
    public var text: String?
    public var exitCode: Int32

    public init(text: String?, exitCode: Int32) {
        self.text = text
        self.exitCode = exitCode
    }
}

/// The way into a command and the ways out of it.
public enum CommandEntry {
    /// Reads the arguments and runs the command; where that fails, ends the process.
    ///
    /// Help and version leave with 0, wrong arguments with 2, a bare `ExitCode` with its own number and without a word,
    /// everything else with what `failure` makes of it, or with 1.
    ///
    /// - Parameters:
    ///   - arguments: without the name of the command; `nil` for those of the process.
    ///   - failure: what an error of the command's own means; `nil` for errors that it does not know.
    public static func run<Command: AsyncParsableCommand>(
        _ type: Command.Type, arguments: [String]? = nil,
        failure: @Sendable (any Error) -> CommandFailure? = { _ in nil }
    ) async {
        do {
            var command = try Command.parseAsRoot(arguments)
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch {
            let failure = failure(error) ?? meaning(of: error, in: type)
            if let text = failure.text {
                let handle = failure.exitCode == 0 ? FileHandle.standardOutput : FileHandle.standardError
                handle.write(Data((text + "\n").utf8))
            }
            exit(failure.exitCode)
        }
    }

    private static func meaning<Command: AsyncParsableCommand>(
        of error: any Error, in type: Command.Type
    ) -> CommandFailure {
        if let code = error as? ExitCode { return CommandFailure(text: nil, exitCode: code.rawValue) }
        switch type.exitCode(for: error) {
        case .success: return CommandFailure(text: type.fullMessage(for: error), exitCode: 0)
        case .validationFailure: return CommandFailure(text: type.fullMessage(for: error), exitCode: 2)
        default:
            let name = type.configuration.commandName ?? "\(type)"
            return CommandFailure(text: "\(name): \(error)", exitCode: 1)
        }
    }
}
