// From the description of a command to the mdoc(7) of its sections.

/// The sections of a page that an executable can say about itself.
enum CommandPage {
    /// The line of SYNOPSIS.
    static func synopsis(of command: CommandDescription) -> [String] {
        guard command.leaves.isEmpty else {
            return [".Nm", ".Ar command", ".Op Ar argument ...", ".Op Ar option ..."]
        }
        return [".Nm"] + command.visibleArguments.map { "." + usage($0) }
    }

    /// OPTIONS: those of a command without commands, or those that all of its commands share.
    static func options(of command: CommandDescription) -> [String] {
        let shared = command.leaves.first?.command.visibleArguments.filter(\.isGlobal)
        return list(shared ?? command.visibleArguments)
    }

    /// COMMANDS.
    static func commands(of command: CommandDescription) -> [String] {
        var lines = [".Bl -tag -width Ds"]
        for (words, leaf, isDefault) in command.leaves {
            let own = leaf.visibleArguments.filter { !$0.isGlobal }
            var name = words.joined(separator: " ")
            if isDefault { name = words.dropLast().joined(separator: " ") + " Oo Ic " + (words.last ?? "") + " Oc" }
            lines.append(([".It Ic " + name] + own.map(usage)).joined(separator: " "))
            lines += Roff.prose([leaf.abstract, leaf.discussion].compactMap(\.self).joined(separator: "\n"))
            if !own.isEmpty { lines += list(own, more: " -compact") }
        }
        return lines + [".El"]
    }

    private static func list(_ arguments: [CommandDescription.Argument], more: String = "") -> [String] {
        var lines = [".Bl -tag -width Ds\(more)"]
        for argument in arguments {
            lines.append(".It " + heading(argument))
            var words = [argument.abstract, argument.discussion].compactMap(\.self).joined(separator: "\n")
            if let value = argument.defaultValue, !words.contains(value) {
                words += (words.isEmpty ? "" : " ") + "Default: \(value)."
            }
            lines += Roff.prose(words)
        }
        return lines + [".El"]
    }

    /// `Fl o , Fl -output Ar output`.
    private static func heading(_ argument: CommandDescription.Argument) -> String {
        guard argument.kind != .positional else { return "Ar " + (argument.valueName ?? "argument") }
        let flags = (argument.names ?? []).map(flag).joined(separator: " , ")
        return argument.kind == .flag ? flags : flags + " Ar " + (argument.valueName ?? "value")
    }

    /// `Oo Fl -output Ar output Oc`.
    private static func usage(_ argument: CommandDescription.Argument) -> String {
        var words: String
        if argument.kind == .positional {
            words = "Ar " + (argument.valueName ?? "argument")
        } else {
            let names = argument.names ?? []
            words = (names.first { $0.kind == "long" } ?? names.first).map(flag) ?? ""
            if argument.kind == .option { words += " Ar " + (argument.valueName ?? "value") }
        }
        if argument.isRepeating { words += " ..." }
        // Op would take the rest of the line into its brackets.
        return argument.isOptional ? "Oo " + words + " Oc" : words
    }

    private static func flag(_ name: CommandDescription.Argument.Name) -> String {
        "Fl " + (name.kind == "long" ? "-" : "") + name.name
    }
}
