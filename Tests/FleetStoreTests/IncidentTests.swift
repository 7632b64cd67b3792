import FleetCore
import Foundation
import Testing

@testable import FleetStore

@Suite("Incidents and their history")
struct IncidentTests {
    let directory: TemporaryDirectory
    let store: Store

    init() throws {
        directory = try TemporaryDirectory()
        store = try openStore(directory)
    }

    private func commit(_ incidents: Incident...) throws {
        var change = Change()
        change.incidents = incidents
        try store.commit(change)
    }

    @Test("The open incident of a key is found until it is resolved, and again when it is reopened")
    func openIncident() throws {
        let first = incident(1, room: 7)
        try commit(first, incident(2, room: 8))
        #expect(try store.openIncident(key: first.key) == first)
        var done = resolved(first, at: at(60))
        try commit(done)
        #expect(try store.openIncident(key: first.key) == nil)
        #expect(try store.incident(id: first.id) == done)
        done.revision += 1
        done.status = .open
        done.reopenedCount = 1
        done.resolvedAt = nil
        done.resolution = nil
        try commit(done)
        #expect(try store.openIncident(key: first.key) == done)
    }

    @Test("Everything an incident carries survives, to the last bit of its dates")
    func wholeValue() throws {
        var whole = incident(1)
        whole.acknowledgedAt = Date(timeIntervalSinceReferenceDate: 816_854_400.123_456_7)
        whole.acknowledgedBy = "duty desk \"north\" \u{1F4DE}/\\\n"
        whole.resolvedAt = at(1.0 / 3)
        whole.resolution = .merged
        whole.status = .resolved
        whole.acknowledgedSeverity = .error
        whole.suppression = .silenced(
            by: UniqueID(stored: "01J"), until: at(1.0 / 3), author: "duty", reason: "rebuilding \"north\"")
        whole.meeting = Incident.Meeting(startsAt: at(1.0 / 7), endsAt: at(3_600.3))
        whole.firstBadAfter = at(-20.0 / 7)
        whole.contact = "Front desk, \"north\""
        whole.tried = [
            Incident.Attempt(what: "restart", by: "anna \"north\"", at: at(1.0 / 11), outcome: "missing"),
            Incident.Attempt(what: "update_software", by: "anna", at: at(2), outcome: "accepted"),
        ]
        var affected = (0..<60).map { Incident.RoomReference(room($0)) }
        affected[0].floor = nil
        whole.name(affected)
        // A property that is added to Incident and stays nil here would not be proved.
        for property in Mirror(reflecting: whole).children {
            let isOptional = Mirror(reflecting: property.value).displayStyle == .optional
            #expect(
                !isOptional || !Mirror(reflecting: property.value).children.isEmpty, "\(property.label ?? "?") is nil")
        }
        try commit(whole)
        #expect(try store.incident(id: whole.id) == whole)
    }

    @Test("The text of an incident is exactly what its Codable conformance says")
    func text() throws {
        var whole = resolved(incident(1), at: at(1.0 / 3))
        whole.acknowledgedAt = at(0.1)
        whole.acknowledgedBy = "duty desk \"north\" \u{1F4DE}/\\\n\u{1}\u{7F}é"
        whole.lastGoodAt = Date(timeIntervalSinceReferenceDate: -1e-7)
        whole.firstBadAfter = at(-0.7)
        var nowhere = Incident.RoomReference(room(2))
        nowhere.building = nil
        whole.name([whole.rooms[0], nowhere])
        var crowded = whole
        crowded.name((0..<60).map { Incident.RoomReference(room($0)) })
        crowded.meeting = Incident.Meeting(startsAt: at(1.0 / 7), endsAt: at(3_600.3))
        crowded.contact = "Front desk"
        crowded.acknowledgedSeverity = .critical
        crowded.suppression = .flapping(until: at(0.1))
        crowded.tried = [.init(what: "restart", by: "ada \"x\"", at: at(1.0 / 3), outcome: "missing")]
        var bare = whole
        bare.name([])
        bare.evidence = []
        bare.lastGoodAt = nil
        for incident in [whole, bare, crowded, incident(3)] {
            let written = try JSONSerialization.jsonObject(with: Data(IncidentEncoding.json(of: incident)))
            let expected = try JSONSerialization.jsonObject(with: JSONEncoder().encode(incident))
            #expect(try #require(written as? NSDictionary) == #require(expected as? NSDictionary))
        }
    }

    @Test("Loading takes the unresolved ones and those resolved lately")
    func loading() throws {
        try commit(
            incident(1), resolved(incident(2), at: at(-700)), resolved(incident(3), at: at(-600)),
            resolved(incident(4), at: at(-10)))
        let stored = try store.load(tenant: contoso, resolvedSince: at(-600))
        #expect(stored.incidents.map(\.id) == [id(1), id(3), id(4)])
    }

    @Test("Pages go from new to old without a gap while new incidents come in")
    func paging() throws {
        for number in 1...7 { try commit(incident(number)) }
        var seen: [UniqueID] = []
        var query = IncidentQuery(tenant: contoso, limit: 3)
        var pages = 0
        repeat {
            let page = try store.recentIncidents(query)
            seen += page.incidents.map(\.id)
            query.before = page.next
            pages += 1
            try commit(incident(100 + pages))
        } while query.before != nil
        #expect(seen == (1...7).reversed().map { id($0) })
        #expect(pages == 3)
    }

    @Test("A full last page says that it is the last")
    func lastPage() throws {
        try commit(incident(1), incident(2))
        #expect(try store.recentIncidents(IncidentQuery(limit: 2)).next == nil)
    }

    @Test("Lists can be narrowed by tenant, condition and status")
    func narrowing() throws {
        try commit(incident(1), resolved(incident(2), at: at(5)))
        func found(_ query: IncidentQuery) throws -> [UniqueID] {
            try store.recentIncidents(query).incidents.map(\.id)
        }
        #expect(try found(IncidentQuery()) == [id(2), id(1)])
        #expect(try found(IncidentQuery(statuses: [.resolved])) == [id(2)])
        #expect(try found(IncidentQuery(statuses: [.open, .acknowledged])) == [id(1)])
        #expect(try found(IncidentQuery(statuses: [])).isEmpty)
        #expect(try found(IncidentQuery(tenant: TenantName("fabrikam"))).isEmpty)
        #expect(try found(IncidentQuery(condition: .tenantBlind)).isEmpty)
        #expect(try found(IncidentQuery(condition: .roomOffline)) == [id(2), id(1)])
    }

    @Test("Transitions come back in the order in which they were committed")
    func transitions() throws {
        var change = Change()
        change.transitions = [
            transition(2, at: at(10)), transition(1, at: at(20)), transition(1, at: at(20), to: .clear),
            transition(1, at: at(5)),
        ]
        try store.commit(change)
        #expect(try store.transitions(tenant: contoso, since: at(0)) == change.transitions)
        #expect(
            try store.transitions(tenant: contoso, subject: account(1).text, since: at(6))
                == Array(change.transitions[1...2]))
        #expect(try store.transitions(tenant: contoso, since: at(0), limit: 1) == [change.transitions[0]])
        #expect(try store.transitions(tenant: TenantName("fabrikam"), since: at(0)).isEmpty)
    }

    @Test("The list of rooms is replaced as a whole; rooms that left lose their track and keep their incidents")
    func inventory() throws {
        try store.commit(outageChange(1))
        try store.commit(outageChange(2))
        let rooms = [StoredRoom(room: room(2), listedSince: at(-100), absences: 1)]
        try store.saveInventory(
            tenant: contoso, rooms: [StoredRoom(room: room(1), listedSince: at(-100))] + rooms, refreshedAt: at(0))
        try store.saveInventory(tenant: contoso, rooms: rooms, refreshedAt: at(60))
        let stored = try store.load(tenant: contoso, resolvedSince: morning)
        #expect(stored.rooms == rooms)
        #expect(stored.tracks.map(\.account) == [account(2)])
        #expect(stored.incidents.count == 2)
        #expect(stored.inventoryRefreshedAt == at(60))
    }
}
