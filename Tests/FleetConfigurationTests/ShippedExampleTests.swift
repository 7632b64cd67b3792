// The example that is shipped is what everybody starts from, so it must be right, and complete.

import FleetCore
import Foundation
import Testing

@testable import FleetConfiguration

@Suite struct ShippedExampleTests {
    private func text() throws -> String {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return try String(contentsOf: root.appending(path: "Config/roomwatch.yaml"), encoding: .utf8)
    }

    @Test func itIsAcceptedWithoutAnythingToRemark() throws {
        let read = try Configuration.parse(text: text(), file: "Config/roomwatch.yaml")
        #expect(read.notices.isEmpty)
        #expect(read.tenants.map(\.name.text) == ["contoso"])
    }

    @Test func itShowsEveryKeyOfTheContract() throws {
        let text = try text()
        for key in Reading.documentKeys { #expect(text.contains("\n\(key):") || text.contains("# \(key):"), "\(key)") }
    }

    @Test func itsExamplesThatAreCommentedOutAreRightToo() throws {
        // Uncommenting every example at once would name some keys twice, so the blocks are tried one by one.
        let lines = try text().split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let uncommented = lines.map { line in
            line.replacing(
                /^(\s*)# ?(?=( *- (match|\{)| {2,}(vip|contact|out_of_service|login|graph|ca_file):|correlation:|heartbeat:|endpoints:|tokens_file:|external_url:|B2:))/
            ) {
                String($0.output.1)
            }
        }
        let joined = uncommented.joined(separator: "\n").replacing("rooms: []", with: "rooms:")
            .replacing("maintenance: []", with: "maintenance:")
        #expect(uncommented != lines)
        let read = try Configuration.parse(text: joined, file: "Config/roomwatch.yaml")
        #expect(read.rooms.count == 1 && read.maintenance.count == 1 && read.heartbeat != nil)
        #expect(read.tenants[0].endpoints.login != nil && read.api.tokensFile != nil && read.api.externalURL != nil)
    }
}
