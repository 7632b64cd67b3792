// Who is told, who need not be any more, and who must never be (Telling).

import FleetCore
import Foundation
import Testing
import Timekeeping

struct PlannerTests {
    /// rows of the outbox when the incident resolves -> what becomes of them
    static let resolves: [(rows: String, plan: [String])] = [
        // Told, so it is told of the end.
        ("pager opened accepted 1", ["pager resolved routes[9] +0"]),
        ("ledger opened accepted 1", ["ledger resolved routes[9] +0"]),
        // Never left: paging kinds drop both, ledger kinds get both.
        ("pager opened waiting 0", ["drop row-0"]),
        ("ledger opened waiting 0", ["ledger resolved routes[9] +0"]),
        // Tried without an answer: it may have arrived.
        ("pager opened waiting 2", ["pager resolved routes[9] +0", "drop row-0"]),
        // Refused for good or withdrawn: there is nothing to end.
        ("pager opened failed 1", []), ("ledger opened failed 1", []), ("pager opened withdrawn 0", []),
        // The update that still waits is overtaken, the trigger was not.
        ("pager opened accepted 1\npager updated waiting 0", ["pager resolved routes[9] +0", "drop row-1"]),
        // Told of an end before, and not told of the reopening.
        ("pager opened accepted 1\npager resolved accepted 1\npager reopened waiting 0", ["drop row-2"]),
        (
            "pager opened accepted 1\npager resolved accepted 1\npager reopened accepted 1",
            ["pager resolved routes[9] +0"]
        ),
        // The fallback was told instead; each receiver by itself.
        ("pager opened failed 1\nspare opened accepted 1", ["spare resolved routes[9] +0"]),
        ("", []),
    ]

    @Test(arguments: resolves)
    func resolved(rows: String, plan: [String]) throws {
        var planner = Paper.planner()
        #expect(planner.resolved(Paper.incident(), sent: try Paper.rows(rows)).lines == plan)
    }

    /// It fired and cleared again while nobody was to be told; the end that waits already is the only one.
    @Test(arguments: [
        ("ledger opened waiting 3\nledger resolved waiting 0", ["ledger resolved routes[9] +0", "drop row-1"]),
        ("ledger opened accepted 1\nledger resolved waiting 2", []),
        ("pager opened accepted 1\npager resolved waiting 0", ["pager resolved routes[9] +0", "drop row-1"]),
    ])
    func resolvedOnceMore(rows: String, plan: [String]) throws {
        var planner = Paper.planner()
        #expect(planner.resolved(Paper.incident(), sent: try Paper.rows(rows)).lines == plan)
    }

    /// A receiver that is not configured any more is treated as one that pages.
    @Test func resolveOfAForgottenReceiver() throws {
        var planner = Paper.planner()
        #expect(
            planner.resolved(Paper.incident(), sent: try Paper.rows("gone opened waiting 0")).lines == ["drop row-0"])
    }

    /// rows when the incident fires again -> the pager's part of the plan, and whether the acknowledgement ended
    static let reopenings: [(rows: String, plan: [String], ends: Bool)] = [
        ("pager opened accepted 1\npager resolved waiting 0", ["drop row-1"], false),
        ("pager opened accepted 1\npager resolved waiting 1", ["pager reopened routes[0] +20"], true),
        ("pager opened accepted 1\npager resolved accepted 1", ["pager reopened routes[0] +20"], true),
        ("pager opened withdrawn 0", ["pager reopened routes[0] +20"], false),
        (
            """
            pager opened accepted 1
            pager resolved accepted 1
            pager reopened accepted 1
            pager resolved waiting 0
            """, ["drop row-3"], false
        ),
    ]

    @Test(arguments: reopenings)
    func reopened(rows: String, plan: [String], ends: Bool) throws {
        var tree = Paper.tree
        tree.routes.removeLast()
        var planner = Paper.planner(tree)
        let reopening = planner.reopened(Paper.incident(), sent: try Paper.rows(rows), isUrgent: false)
        #expect(reopening.plan.lines == plan)
        #expect(reopening.endsAcknowledgement == ends)
    }

    @Test func opening() {
        var planner = Paper.planner()
        #expect(
            planner.opened(Paper.incident(), isUrgent: false).lines == [
                "pager opened routes[0] +20", "ledger opened routes[1] +20",
            ])
        #expect(
            planner.opened(Paper.incident(), isUrgent: true).lines == [
                "pager opened routes[0] +0", "ledger opened routes[1] +0",
            ])
        #expect(
            planner.opened(Paper.incident(severity: .warning), isUrgent: false).lines == ["ledger opened routes[1] +20"]
        )
        let blind = planner.opened(Paper.incident(.tenantBlind, .tenant), isUrgent: false)
        #expect(blind.lines == ["pager opened routes[0] +0", "ledger opened routes[1] +0"], "no siblings to wait for")
    }

    @Test func theWaitIsBoundedByItsMaximum() {
        var tree = Paper.tree
        tree.routes[0].grouping = Grouping(wait: .seconds(20), maximum: .seconds(5))
        var planner = Paper.planner(tree)
        #expect(planner.opened(Paper.incident(), isUrgent: false).lines.first == "pager opened routes[0] +5")
    }

    /// Nothing leaves before the first sweeps after a start have settled what is still true.
    @Test func settling() throws {
        var early = Paper.planner(settledAt: at(130))
        #expect(early.opened(Paper.incident(), isUrgent: true).lines.first == "pager opened routes[0] +30")
        #expect(early.opened(Paper.incident(), isUrgent: false).lines.first == "pager opened routes[0] +30")
        let resolve = early.resolved(Paper.incident(), sent: try Paper.rows("pager opened accepted 1"))
        #expect(resolve.lines == ["pager resolved routes[9] +30"])
        var late = Paper.planner(settledAt: at(110))
        #expect(late.opened(Paper.incident(), isUrgent: false).lines.first == "pager opened routes[0] +20")
    }

    /// rows when the severity rises -> what the pager hears
    static let updates: [(rows: String, plan: String)] = [
        ("pager opened accepted 1", "pager updated routes[0] +0"),
        ("pager opened waiting 0", "pager updated routes[0] +0"),
        ("pager opened withdrawn 0", "pager opened routes[0] +0"),
        ("pager opened failed 1", "pager opened routes[0] +0"),
        ("ledger opened accepted 1", "pager opened routes[0] +0"),
        // It believes that the incident is over: an update would wake nobody.
        ("pager opened accepted 1\npager resolved accepted 1", "pager opened routes[0] +0"),
        ("pager opened accepted 1\npager resolved withdrawn 0", "pager updated routes[0] +0"),
        ("pager opened accepted 1\npager resolved accepted 1\npager reopened accepted 1", "pager updated routes[0] +0"),
    ]

    @Test(arguments: updates)
    func updated(rows: String, plan: String) throws {
        var planner = Paper.planner()
        #expect(planner.updated(Paper.incident(), sent: try Paper.rows(rows)).lines.first == plan)
    }

    /// rows when the severity rises, the page that waits being due in ten seconds -> what the pager hears
    static let rises: [(rows: String, isUrgent: Bool, plan: [String])] = [
        ("pager opened waiting 0", true, ["pager opened routes[0] +0", "drop row-0"]),
        ("pager opened waiting 0", false, ["pager opened routes[0] +10", "drop row-0"]),
        // Down again, and it had not been told yet.
        (
            "pager opened accepted 1\npager resolved accepted 1\npager reopened waiting 0", true,
            ["pager reopened routes[0] +0", "drop row-2"]
        ),
        // Tried, and perhaps heard: it is not replaced.
        ("pager opened waiting 1", true, ["pager updated routes[0] +0"]),
        ("pager opened accepted 1", true, ["pager updated routes[0] +0"]),
        ("", true, ["pager opened routes[0] +0"]),
    ]

    @Test(arguments: rises)
    func raised(rows: String, isUrgent: Bool, plan: [String]) throws {
        var tree = Paper.tree
        tree.routes.removeLast()
        var planner = Paper.planner(tree)
        var sent = try Paper.rows(rows)
        for place in sent.indices where sent[place].state == .waiting { sent[place].due = at(110).wall }
        let raised = planner.raised(
            Paper.incident(severity: .critical), endedAcknowledgement: false, isUrgent: isUrgent, sent: sent)
        #expect(raised.lines == plan)
    }

    /// Beside the page of a sibling that waits, and after the early pages of its building, an urgent page waits too.
    @Test func anUrgentPageWaitsBesideASibling() throws {
        var tree = Paper.tree
        tree.routes.removeLast()
        var planner = Paper.planner(tree)
        let incident = Paper.incident(building: "B1")
        func row(_ plan: Plan) throws -> SentNotification {
            let page = try #require(plan.notifications.first)
            return SentNotification(
                id: page.id, receiver: page.receiver, event: .opened, state: .waiting, attempts: 0, rule: page.rule,
                due: page.notBefore)
        }
        let alone = try row(planner.opened(incident, isUrgent: false))
        let sibling = try row(planner.opened(incident, isUrgent: false))
        let beside = planner.raised(incident, endedAcknowledgement: false, isUrgent: true, sent: [alone])
        #expect(beside.lines.first == "pager opened routes[0] +20")
        // What replaced the page is what a further sibling postpones.
        let third = planner.opened(incident, isUrgent: false)
        #expect(Set(third.postponements.map(\.notification)) == [try row(beside).id, sibling.id])
    }

    @Test func aRefusedMessageGoesToTheFallbackAtOnce() throws {
        var planner = Paper.planner()
        let refused = try #require(planner.opened(Paper.incident(), isUrgent: false).notifications.first)
        let plan = planner.fellBack(refused)
        #expect(plan.lines == ["spare opened fallback:pager +0"])
        let second = try #require(plan.notifications.first)
        #expect(second.incident == refused.incident && second.id != refused.id)
        #expect(planner.fellBack(second).lines == [], "the fallback has none of its own")
    }

    /// A stalled source pages nobody, neither by a route nor as the fallback of a ledger.
    @Test func aStalledSourceNeverPages() throws {
        var planner = Paper.planner()
        let plan = planner.opened(Paper.incident(.sourceStalled, .source(.devices)), isUrgent: false)
        #expect(plan.lines == ["ledger opened routes[1] +0"])
        #expect(planner.fellBack(try #require(plan.notifications.first)).lines == [])
    }

    /// Nobody is told of a dead channel through that channel, and nobody twice.
    @Test func aDeadChannelIsToldThroughOthers() throws {
        var planner = Paper.planner()
        let pager = planner.opened(Paper.incident(.channelDown, .receiver(Paper.pager.name)), isUrgent: false)
        #expect(Set(pager.lines) == ["ledger opened routes[1] +0", "spare opened fallback:pager +0"])
        let ledger = planner.opened(Paper.incident(.channelDown, .receiver(Paper.ledger.name)), isUrgent: false)
        #expect(ledger.lines == ["pager opened routes[0] +0"], "the fallback is on the list already")
        // The ledger refuses the news about the pager, whose fallback it is asked to go to.
        let toLedger = try #require(pager.notifications.first { $0.receiver == Paper.ledger.name })
        #expect(planner.fellBack(toLedger).lines == [])
        let spare = planner.opened(Paper.incident(.channelDown, .receiver(Paper.spare.name)), isUrgent: false)
        #expect(spare.lines == ["pager opened routes[0] +0", "ledger opened routes[1] +0"])
    }

    @Test func idsDifferAndSortByTheirInstant() {
        var planner = Paper.planner()
        let first = planner.opened(Paper.incident(), isUrgent: true).notifications.map(\.id)
        let second = planner.opened(Paper.incident(), isUrgent: true).notifications.map(\.id)
        #expect(Set(first + second).count == 4)
        var generator = SeededGenerator(seed: 1)
        #expect(UniqueID(at: at(0).wall, using: &generator) < UniqueID(at: at(0.001).wall, using: &generator))
        #expect(UniqueID(at: at(0).wall, using: &generator).text.count == 26)
    }
}
