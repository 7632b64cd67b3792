// What ArgumentParser says about a command when it is asked with --experimental-dump-help; only what a page needs.

import Foundation

/// A command with its arguments and its commands.
struct CommandDescription: Decodable, Equatable {
    var commandName: String
    var abstract: String?
    var discussion: String?
    var shouldDisplay: Bool?
    var defaultSubcommand: String?
    var arguments: [Argument]?
    var subcommands: [CommandDescription]?

    struct Argument: Decodable, Equatable {
        enum Kind: String, Decodable {
            case positional
            case option
            case flag
        }

        struct Name: Decodable, Equatable {
            var kind: String
            var name: String
        }

        var kind: Kind
        var names: [Name]?
        var valueName: String?
        var abstract: String?
        var discussion: String?
        var defaultValue: String?
        var isOptional: Bool
        var isRepeating: Bool
        var shouldDisplay: Bool
        var sectionTitle: String?

        /// Whether every command of the executable has it.
        var isGlobal: Bool { sectionTitle == "Global options" }
        /// Whether ArgumentParser adds it by itself.
        var isBuiltIn: Bool { names?.contains { $0.name == "help" || $0.name == "version" } ?? false }
    }

    init(dump: Data) throws {
        struct Dump: Decodable { var command: CommandDescription }
        self = try JSONDecoder().decode(Dump.self, from: dump).command
    }

    /// What people see, in the order in which it was declared.
    var visibleArguments: [Argument] { (arguments ?? []).filter { $0.shouldDisplay && !$0.isBuiltIn } }

    /// The commands that do something, with the words that call them; `help` is everybody's.
    var leaves: [(words: [String], command: CommandDescription, isDefault: Bool)] {
        (subcommands ?? []).filter { $0.commandName != "help" && $0.shouldDisplay != false }.flatMap { one in
            let below = one.leaves
            guard !below.isEmpty else { return [([one.commandName], one, one.commandName == defaultSubcommand)] }
            return below.map { ([one.commandName] + $0.words, $0.command, $0.isDefault) }
        }
    }
}
