// More booked weak rooms than one round can read: everybody gets a turn, and the operator hears how often.

import FleetCore
import Foundation
import Testing

@testable import FleetMonitor

@Suite struct DeviceRotaTests {
    private func wanted(_ count: Int) -> [(account: AccountID, device: String)] {
        (0..<count).map { (AccountID(String(format: "%05d", $0)), "device-\($0)") }.shuffled()
    }

    @Test func everybodyIsReadOnceBeforeAnybodyIsReadTwice() {
        let wanted = wanted(DeviceRota.limit * 2 + 7)
        var rota = DeviceRota()
        var read: [AccountID] = []
        while read.count < wanted.count {
            let turn = rota.turn(of: wanted)
            #expect(turn.count == DeviceRota.limit)
            read += turn.map(\.account)
            rota.last = turn.last?.account
        }
        #expect(Set(read.prefix(wanted.count)).count == wanted.count)
    }

    @Test func aRoundThatWasCutShortGoesOnWhereItEnded() {
        let wanted = wanted(DeviceRota.limit + 100)
        var rota = DeviceRota()
        let first = rota.turn(of: wanted)
        rota.last = first[9].account
        #expect(rota.turn(of: wanted).first?.account == first[10].account)
    }

    @Test func whoeverFitsIsReadEachRound() {
        let wanted = wanted(DeviceRota.limit)
        var rota = DeviceRota()
        rota.last = wanted[3].account
        #expect(rota.turn(of: wanted).count == DeviceRota.limit)
        #expect(rota.turn(of: []).isEmpty)
    }

    @Test func theOperatorHearsOfARoundThatIsTooLongOnce() {
        var rota = DeviceRota()
        #expect(rota.news(of: DeviceRota.limit) == nil)
        let news = rota.news(of: DeviceRota.limit + 1)
        #expect(news?.contains("every 2 minutes") == true)
        #expect(rota.news(of: DeviceRota.limit * 2) == nil)
        #expect(rota.news(of: 0)?.contains("again") == true)
    }
}
