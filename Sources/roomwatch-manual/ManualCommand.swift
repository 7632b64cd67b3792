// Writes one page of the manual: the prose stands in Config/manual/, the options come from the executable and the keys of the
// configuration from its example, so that a page cannot say something else than the product. Runs while packages are
// made; nothing of it is installed.

import ArgumentParser
import CommandEntry
import Foundation

@main
struct ManualCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "roomwatch-manual", abstract: "Fills in a page of the manual and prints it as mdoc.")

    @Argument(help: "The page with its prose.", completion: .file())
    var template: String

    @Option(help: "What the executable prints for --experimental-dump-help; - for standard input.")
    var dump: String?

    @Option(help: "The example configuration.", completion: .file())
    var example: String?

    @Option(help: "The day of the page, as November 29, 2026.")
    var date: String

    static func main() async {
        await CommandEntry.run(Self.self) { error in
            (error as? ManualError).map { CommandFailure(text: "roomwatch-manual: \($0)", exitCode: 1) }
        }
    }

    func run() throws {
        var parts = ["date": [".Dd \(date)"]]
        if let dump {
            let text = dump == "-" ? FileHandle.standardInput.readDataToEndOfFile() : try Self.read(dump)
            let description: CommandDescription
            do {
                description = try CommandDescription(dump: text)
            } catch {
                throw ManualError("\(dump) is no description of a command: \(error)")
            }
            parts["synopsis"] = CommandPage.synopsis(of: description)
            parts["options"] = CommandPage.options(of: description)
            parts["commands"] = CommandPage.commands(of: description)
        }
        if let example {
            parts["keys"] = ConfigurationPage.keys(of: String(decoding: try Self.read(example), as: UTF8.self))
        }
        let page = try ManualTemplate(text: String(decoding: try Self.read(template), as: UTF8.self)).filled(
            with: parts)
        print(page, terminator: "")
    }

    private static func read(_ path: String) throws(ManualError) -> Data {
        guard let data = FileManager.default.contents(atPath: path) else { throw ManualError("\(path) cannot be read") }
        return data
    }
}

/// Why no page was written.
struct ManualError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
