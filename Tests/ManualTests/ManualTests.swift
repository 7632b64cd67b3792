// The pages of the manual are made of what the executables and the example say. What is tested is that nothing is lost or
// misread on the way: the pages themselves are drawn by mandoc, and every option that an executable knows is in its page.

import Foundation
import Testing

@testable import roomwatch_manual

@Suite struct CommandPageTests {
    private func description(_ json: String) throws -> CommandDescription {
        try CommandDescription(dump: Data(#"{"serializationVersion":0,"command":\#(json)}"#.utf8))
    }

    private let tool = """
        {"commandName":"tool","abstract":"Does things.","subcommands":[
          {"commandName":"rooms","abstract":"List rooms.","discussion":".dots and \\\\back -- `code`","arguments":[
            {"kind":"positional","valueName":"text","abstract":"A part.","isOptional":true,"isRepeating":true,"shouldDisplay":true},
            {"kind":"option","names":[{"kind":"short","name":"l"},{"kind":"long","name":"limit"}],"valueName":"limit",
             "abstract":"At most so many.","defaultValue":"100","isOptional":true,"isRepeating":false,"shouldDisplay":true},
            {"kind":"option","names":[{"kind":"long","name":"url"}],"valueName":"url","abstract":"Where.",
             "sectionTitle":"Global options","isOptional":true,"isRepeating":false,"shouldDisplay":true},
            {"kind":"flag","names":[{"kind":"long","name":"secret"}],"isOptional":true,"isRepeating":false,"shouldDisplay":false},
            {"kind":"flag","names":[{"kind":"long","name":"help"}],"isOptional":true,"isRepeating":false,"shouldDisplay":true}]},
          {"commandName":"silence","defaultSubcommand":"list","subcommands":[
            {"commandName":"list","abstract":"List them."},
            {"commandName":"add","abstract":"Add one.","arguments":[
              {"kind":"positional","valueName":"matcher","isOptional":false,"isRepeating":false,"shouldDisplay":true}]}]},
          {"commandName":"hidden","shouldDisplay":false},
          {"commandName":"help","abstract":"Help."}]}
        """

    @Test func everyCommandThatDoesSomethingIsListed() throws {
        let lines = CommandPage.commands(of: try description(tool)).filter { $0.hasPrefix(".It Ic") }
        #expect(
            lines == [
                ".It Ic rooms Oo Ar text ... Oc Oo Fl -limit Ar limit Oc",
                ".It Ic silence Oo Ic list Oc", ".It Ic silence add Ar matcher",
            ])
    }

    @Test func sharedOptionsStandOnce() throws {
        let tool = try description(tool)
        #expect(CommandPage.options(of: tool) == [".Bl -tag -width Ds", ".It Fl -url Ar url", "Where.", ".El"])
        let commands = CommandPage.commands(of: tool)
        #expect(!commands.contains { $0.contains("-url") })
        #expect(commands.contains(".It Fl l , Fl -limit Ar limit"))
        let limit = try #require(commands.firstIndex(of: "At most so many."))
        #expect(commands[limit + 1] == "Default: 100.", "one sentence a line, as mdoc(7) wants it")
        #expect(!commands.contains { $0.contains("secret") || $0.contains("help") })
    }

    @Test func wordsOfPeopleAreNoRequests() throws {
        let lines = CommandPage.commands(of: try description(tool))
        #expect(lines.contains(#"\&.dots and \eback \-\- \fBcode\fR"#))
    }

    @Test func aHoleThatNobodyFillsIsRefused() {
        #expect(throws: ManualError.self) { try ManualTemplate(text: "a\n@keys@\n").filled(with: ["date": []]) }
    }
}

@Suite struct ConfigurationPageTests {
    private let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    @Test func eachKeyHasItsProseAndItsExample() {
        let text = """
            # About the file.

            # The version.
            version: 1

            # Where.
            # And why.
            # store: { path: x }

            # Rooms: at most so many.
            rooms:
                # One.
              - name: a

              - name: b
            #  - name: c

            """
        #expect(
            ConfigurationPage.sections(of: text) == [
                .init(name: "version", prose: ["The version."], example: ["version: 1"]),
                .init(name: "store", prose: ["Where. And why."], example: ["store: { path: x }"]),
                .init(
                    name: "rooms", prose: ["Rooms: at most so many."],
                    example: ["rooms:", "    # One.", "  - name: a", "", "  - name: b", "#  - name: c"]),
            ])
    }

    /// The example that is shipped: every key at its margin has a section with prose, and no line of it is lost.
    @Test func theShippedExampleIsWhole() throws {
        let text = try String(contentsOf: root.appending(path: "Config/roomwatch.yaml"), encoding: .utf8)
        let sections = ConfigurationPage.sections(of: text)
        let keys = text.split(separator: "\n").filter { $0.first?.isLowercase ?? false }.map { $0.prefix { $0 != ":" } }
        for key in keys { #expect(sections.contains { $0.name == key }, "\(key) has no section") }
        #expect(Set(sections.map(\.name)).count == sections.count)
        for section in sections { #expect(!section.prose.isEmpty, "\(section.name) is not explained") }
        let said = sections.flatMap { [$0.prose.joined(separator: " ")] + $0.example }.joined(separator: " ")
            .split(separator: " ").joined(separator: " ")
        let body = text.split(separator: "\n\n").dropFirst(2)
        for line in body.joined(separator: "\n").split(separator: "\n") {
            let words = line.drop { $0 == "#" || $0 == " " }.split(separator: " ").joined(separator: " ")
            let isKept = words.isEmpty || said.contains(words)
            #expect(isKept, "lost: \(words)")
        }
    }
}
