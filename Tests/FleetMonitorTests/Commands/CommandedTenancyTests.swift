// Commands in a whole simulated tenant: what its own log says of each device, whatever its operations do.

import FleetAPI
import FleetCore
import FleetSimulation
import Foundation
import TenantSimulator
import Testing
import Timekeeping

@testable import FleetMonitor

@Suite struct CommandedTenancyTests {
    @Test(arguments: OperationFault.Kind.allCases)
    func eachDeviceIsAskedOnceAndEveryOperationEnds(_ kind: OperationFault.Kind) throws {
        let tenancy = try Tenancy(rooms: 12, commands: true) { scenario in
            scenario.token.roles.append("TeamworkDevice.ReadWrite.All")
            var event = ScenarioEvent(.operationFault)
            event.operation = OperationFault(kind)
            event.probability = 0.5
            scenario.events = [event]
        }
        tenancy.live(for: 120)
        let command = CommandRequest(action: "restart", matchers: [#"tenant="contoso""#], waitSeconds: 3 * 3_600)
        let asked = try tenancy.stage.ask { intents throws(Refusal) in try await intents.request(command, for: .anna) }
        #expect(asked.progress.operations == 12)
        tenancy.live(for: 4 * 3_600)

        let accepted = tenancy.submissions.filter { $0.outcome == .accepted }
        #expect(accepted.allSatisfy { $0.acceptedBefore == 0 }, "the tenant carried none out twice")
        let arrivals = Dictionary(grouping: tenancy.submissions, by: \.device).mapValues(\.count)
        #expect(arrivals.values.allSatisfy { $0 == 1 }, "\(arrivals)")
        let operations = try tenancy.stage.ask { intents throws(Refusal) in
            try await intents.operations(OperationsQuery(command: asked.id), for: .anna).operations
        }
        #expect(operations.count == 12)
        #expect(operations.filter { !$0.isOver }.map(\.state) == [])
        // What the tenant carried out, or may have, is nowhere called not sent.
        let left = Set(operations.filter { $0.submittedAt != nil }.map { $0.device.lowercased() })
        #expect(Set(tenancy.submissions.map { $0.device.lowercased() }) == left)
        #expect(tenancy.stage.overdue == 0)
    }
}
