// Every kind of mistake, with the line and the key that the operator is sent to, and a word of the advice.

import FleetCore
import Foundation
import Testing

@testable import FleetConfiguration

@Suite struct RefusedConfigurationTests {
    @Test(arguments: Mistake.ofValues)
    func aWrongValueIsRefusedWithItsLineKeyAndRemedy(_ mistake: Mistake) throws {
        let errors = try #require(throws: ConfigurationErrors.self) { try Sample.parse(mistake.text) }
        let error = try #require(errors.all.first { $0.key == mistake.key }, "\(errors)")
        #expect(error.line == mistake.line, "\(error)")
        #expect(error.description.contains(mistake.says), "\(error)")
        #expect(!error.description.contains("\n"))
        #expect(!errors.description.contains("hunter2"))
        #expect(!errors.description.contains("user:pass"))
    }

    @Test(arguments: Mistake.ofDocuments)
    func aTextThatIsNoDocumentIsRefusedWithItsLine(_ mistake: Mistake) throws {
        let errors = try #require(throws: ConfigurationErrors.self) { try Sample.parse(mistake.text) }
        #expect(errors.first.line == mistake.line, "\(errors.first)")
        if mistake.key != "" { #expect(errors.first.key == mistake.key, "\(errors.first)") }
        #expect(errors.first.description.contains(mistake.says), "\(errors.first)")
        #expect(!errors.first.description.contains("\n"))
    }

    @Test func oneMistakeIsOneError() throws {
        // These mistakes bring others with them by their nature: a tenant or receiver that is lost is missed elsewhere.
        for mistake in Mistake.ofValues where mistake.key?.hasPrefix("poll") == true {
            let errors = try #require(throws: ConfigurationErrors.self) { try Sample.parse(mistake.text) }
            #expect(errors.all.count == 1, "\(errors)")
        }
    }

    @Test func allMistakesAreReportedInTheOrderOfTheLines() throws {
        let errors = try #require(throws: ConfigurationErrors.self) {
            try Sample.minimal(adding: "log: { level: loud }\npoll: { presence: 5, devices: 1s }\nversoin: 1")
        }
        #expect(
            errors.description == """
                roomwatch.yaml:14: log.level: `loud` is unknown; it is one of debug, info, notice, warning, error
                roomwatch.yaml:15: poll.presence: `5` has no unit; write a unit: 500ms, 5s, 10m, 24h or 90d
                roomwatch.yaml:15: poll.devices: `1s` is out of range; choose 1m to 1d
                roomwatch.yaml:16: versoin: unknown key; did you mean `version`?
                """)
    }

    @Test func aMistakeInATenantIsNotReportedWhereverTheTenantIsNamed() throws {
        let text = Sample.minimal.replacing("cloud", with: "").replacing("f0f0002", with: "x")
            .replacing("  - match: {}\n", with: "  - { match: { tenant: contoso }, receivers: [] }\n  - match: {}\n")
        let errors = try #require(throws: ConfigurationErrors.self) { try Sample.parse(text) }
        #expect(errors.all.map(\.key) == ["tenants[0].client_id"])
    }

    @Test(arguments: ["\"a\\nb\": 1", "\"a\\u2028b\": 1", "log: { level: \"a\\tb\" }", "\"a\\nb\": 1\n\"a\\nb\": 1"])
    func controlCharactersNeverBreakTheLineOfAnError(_ line: String) throws {
        let errors = try #require(throws: ConfigurationErrors.self) { try Sample.minimal(adding: line) }
        #expect(errors.description.allSatisfy { !$0.isNewline && $0 != "\t" })
    }

    @Test func windowsLineEndsKeepTheLinesOfTabsAndDuplicates() throws {
        for (lines, line, says) in [("poll:\n\tpresence: 5s", 15, "tab"), ("log: {}\nhttp: {}\nlog: {}", 16, "second")]
        {
            let text = (Sample.minimal + lines).replacing("\n", with: "\r\n")
            let errors = try #require(throws: ConfigurationErrors.self) { try Sample.parse(text) }
            #expect(errors.first.line == line && errors.first.description.contains(says), "\(errors)")
        }
    }

    @Test func tooManyReceiversAreRefusedAndALongChainOfFallbacksIsNot() throws {
        func text(_ count: Int) -> String {
            let receivers = (0..<count).map { number in
                "  - { name: r\(number), pagerduty: { routing_key_file: k }, fallback: r\(number + 1) }\n"
            }
            return Sample.minimal.replacing("receivers:\n", with: "receivers:\n" + receivers.joined())
                .replacing("name: oncall", with: "name: r\(count)").replacing("[oncall]", with: "[r0]")
        }
        #expect(try Sample.parse(text(499)).notices.isEmpty)
        let errors = try #require(throws: ConfigurationErrors.self) { try Sample.parse(text(500)) }
        #expect(errors.all.contains { $0.key == "receivers" && $0.problem == "has 501 entries" })
    }

    @Test func largeSectionsAreMerged() throws {
        let many = (0..<400).map { "  b\($0): {}" }.joined(separator: "\n")
        let own = (0..<400).map { "  c\($0): {}" }.joined(separator: "\n")
        let read = try Sample.minimal(adding: "hours: &h\n\(many)\nmaintenance: []\n")
        #expect(read.hours.byBuilding.count == 400)
        let errors = try #require(throws: ConfigurationErrors.self) {
            try Sample.minimal(adding: "hours: &h\n\(many)\nbuildings:\n  <<: *h\n\(own)\n")
        }
        // Each of the 800 lacks its time zone; the merged ones stand further up.
        #expect(errors.first.key == "buildings.b0.time_zone")
        #expect(errors.all.contains { $0.key == "buildings.c0.time_zone" })
    }

    @Test func aFloodOfErrorsIsCut() throws {
        let lines = (0..<3000).map { "key-\($0): x" }.joined(separator: "\n")
        let errors = try #require(throws: ConfigurationErrors.self) { try Sample.minimal(adding: lines) }
        #expect(errors.all.count == Reading.maximumErrors)
        #expect(errors.description.split(separator: "\n").count == ConfigurationErrors.maximumPrinted + 1)
    }

    @Test func aDuplicateThatCannotBeFoundIsReportedByItsFirst() throws {
        let errors = try #require(throws: ConfigurationErrors.self) {
            try Sample.minimal(adding: "poll: { presence: 5s, presence: 5s, presence: 5s }")
        }
        #expect(errors.first.line == 14 && errors.first.key == "presence")
    }
}
