// `poll`, `detection` and `correlation`: the numbers of the article Detection, each within bounds outside of which
// detection would be meaningless or Graph would throttle us.

import FleetCore

extension Reading {
    func detectionRules(_ document: Section) -> (rules: DetectionRules, poll: PollConfiguration) {
        var rules = DetectionRules()
        var poll = PollConfiguration()
        if let section = document["poll"]?.section(
            ["presence", "suspect", "devices", "calls", "places", "calendars"])
        {
            rules.sweepInterval = section["presence"]?.duration(in: .seconds(1)...minutes(5)) ?? rules.sweepInterval
            // The fast lane that is slower than the ordinary one would delay exactly the rooms in trouble.
            let suspect = section["suspect"]?.duration(in: .milliseconds(250)...rules.sweepInterval)
            rules.suspectInterval = suspect ?? rules.suspectInterval
            poll.devices = section["devices"]?.duration(in: minutes(1)...hours(24)) ?? poll.devices
            poll.places = section["places"]?.duration(in: minutes(10)...days(7)) ?? poll.places
            poll.calls = section["calls"]?.duration(in: minutes(1)...hours(24)) ?? poll.calls
            poll.calendars = section["calendars"]?.duration(in: minutes(1)...hours(24)) ?? poll.calendars
            section["calls"]?.noteWithoutEffect()
        }
        if let section = document["detection"]?.section(
            ["offline_after", "offline_hold", "online_after", "online_hold", "blind_after"])
        {
            let hold = Duration.zero...hours(1)
            rules.offline.badCount = section["offline_after"]?.integer(in: 1...100) ?? rules.offline.badCount
            rules.offline.badHold = section["offline_hold"]?.duration(in: hold) ?? rules.offline.badHold
            rules.offline.goodCount = section["online_after"]?.integer(in: 1...100) ?? rules.offline.goodCount
            rules.offline.goodHold = section["online_hold"]?.duration(in: hold) ?? rules.offline.goodHold
            rules.blindAfter = section["blind_after"]?.duration(in: .seconds(10)...hours(24)) ?? rules.blindAfter
        }
        readCorrelation(document, into: &rules.correlation)
        return (rules, poll)
    }

    private func readCorrelation(_ document: Section, into correlation: inout CorrelationRules) {
        guard let section = document["correlation"]?.section(["window", "share", "burst"]) else { return }
        correlation.window = section["window"]?.duration(in: .seconds(10)...hours(1)) ?? correlation.window
        correlation.share = section["share"]?.share() ?? correlation.share
        correlation.burst = section["burst"]?.integer(in: 0...10_000) ?? correlation.burst
    }

    func minutes(_ count: Int) -> Duration { .seconds(count * 60) }
    func hours(_ count: Int) -> Duration { .seconds(count * 3600) }
    func days(_ count: Int) -> Duration { .seconds(count * 86_400) }
}
