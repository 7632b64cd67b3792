// What the publishers allow, held against an outage of five hundred incidents in one minute.

import HTTPExchange
import FleetChannels
import FleetCore
import Testing
import Timekeeping

@Suite struct RateTests {
    /// The instants at which a queue of messages goes out, in seconds.
    private func departures(_ kind: ChannelKind, messages: Int) -> [Double] {
        var bucket = kind.rate.bucket
        var now = noon
        return (0..<messages).map { _ in
            while let wait = bucket.take(at: now) { now = now.advanced(by: wait) }
            return noon.elapsed(until: now).seconds
        }
    }

    /// The most messages within any window of that length.
    private func most(_ departures: [Double], within window: Double) -> Int {
        departures.map { first in departures.count { $0 >= first && $0 < first + window } }.max() ?? 0
    }

    @Test func `five hundred incidents stay within what each publisher allows`() {
        let pagerDuty = departures(.pagerduty, messages: 500)
        #expect(most(pagerDuty, within: 60) <= 120)
        let teams = departures(.teams, messages: 500)
        #expect(most(teams, within: 1) <= 4 && most(teams, within: 30) <= 60)
        let slack = departures(.slack, messages: 500)
        #expect(most(slack, within: 1) <= 3 && most(slack, within: 60) <= 63)
        let email = departures(.email, messages: 500)
        #expect(most(email, within: 60) <= 40)
        for kind in ChannelKind.allCases {
            let sent = departures(kind, messages: 500)
            #expect(sent[0] == 0 && sent[499] < 1_000, "\(kind) must tell everybody within the hour")
        }
    }

    @Test func `every channel goes at the rate of its kind`() throws {
        #expect(ChannelKind.slack.rate == DeliveryRate(interval: .seconds(1), burst: 3))
        let transport = ScriptedTransport(.status(200))
        let slack = try SlackChannel(
            receiver: .init("a"), url: Secret("https://hooks.slack.com/x"), sender: sender, transport: transport)
        #expect(slack.rate == ChannelKind.slack.rate)
        let teams = try TeamsChannel(
            receiver: .init("a"), url: Secret("https://teams.contoso.com/x"), sender: sender,
            transport: transport)
        #expect(teams.rate == ChannelKind.teams.rate)
        let ledger = try AlertmanagerChannel(
            receiver: .init("a"), urls: ["https://am.contoso.com"], sender: sender, transport: transport)
        #expect(ledger.rate == ChannelKind.alertmanager.rate)
    }
}
