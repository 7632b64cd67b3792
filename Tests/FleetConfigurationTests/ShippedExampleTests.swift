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
        // What is written out are the values that hold without being written.
        #expect(read.detection == DetectionRules())
        #expect(read.poll == PollConfiguration())
        #expect(read.maintenance == [.nightly])
        #expect(read.buildings["B2"]?.contact != nil)
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
                /^(\s*)# ?(?=( *- (match|\{)| {2,}(vip|contact|out_of_service|login|graph|ca_file|receivers|active|mute|escalate):|heartbeat:|endpoints:|tokens_file:|external_url:|B2:))/
            ) {
                String($0.output.1)
            }
        }
        let joined = uncommented.joined(separator: "\n").replacing("rooms: []", with: "rooms:")
            .replacing("maintenance: []", with: "maintenance:")
        #expect(uncommented != lines)
        let read = try Configuration.parse(text: joined, file: "Config/roomwatch.yaml")
        #expect(read.rooms.count == 2 && read.rooms[1].outOfService?.until != nil && read.heartbeat != nil)
        #expect(read.maintenance.map(\.name) == ["nightly", "patch-sunday", "bars"])
        #expect(read.routes.count == 3 && read.routes[0].times?.active.count == 2)
        #expect(read.routes[0].times?.mute.count == 1 && read.routes[0].escalations.count == 2)
        #expect(read.tenants[0].endpoints.login != nil && read.api.tokensFile != nil && read.api.externalURL != nil)
    }
}
