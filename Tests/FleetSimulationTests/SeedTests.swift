// A few seeds with every `swift test`; the block of hundreds runs with `make simulate`.

import FleetSimulation
import Testing
import Timekeeping

@Suite struct SeedTests {
    @Test(arguments: [1, 2, 3] as [UInt64])
    func keepsEveryPromise(_ seed: UInt64) throws {
        let report = try Simulation(seed: seed, safety: .seconds(1800)).run()
        #expect(report.violations == [])
        #expect(report.converged != nil)
    }

    @Test func isTheSameTwice() throws {
        let first = try Simulation(seed: 7, safety: .seconds(1200), isLoud: true).run()
        let second = try Simulation(seed: 7, safety: .seconds(1200), isLoud: true).run()
        #expect(first.lines == second.lines)
        #expect(first.digest == second.digest)
        #expect(first.lines.count > 20)
    }
}
