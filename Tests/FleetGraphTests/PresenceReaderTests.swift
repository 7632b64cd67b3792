// One request and everything that can go wrong with it: nobody becomes offline by it, and one refused id blinds nobody.

import FleetCore
import FleetGraph
import Foundation
import HTTPExchange
import Synchronization
import Testing
import Timekeeping

@Suite("Reading presences")
struct PresenceReaderTests {
    static func ids(_ asked: Rig.Asked) -> [AccountID] {
        let object = (try? JSONSerialization.jsonObject(with: Data(asked.body.utf8))) as? [String: [String]]
        return (object?["ids"] ?? []).map { AccountID($0) }
    }

    static func page(_ asked: Rig.Asked) -> Rig.Reply {
        Rig.json(String(decoding: PresencePages.page(of: ids(asked)), as: UTF8.self))
    }

    @Test("one POST with the ids in their order, one answer each")
    func complete() async throws {
        let rig = try Rig { Self.page($0) }
        let accounts = PresencePages.accounts(650)
        let read = await PresenceReader(client: rig.client, time: rig.time).read(accounts, timeout: .seconds(5))
        #expect(rig.asked.map(\.target) == ["/v1.0/communications/getPresencesByUserId"])
        #expect(rig.asked.map(\.method) == ["POST"])
        #expect(rig.asked.map(Self.ids) == [accounts])
        #expect(read.isComplete && read.failure == nil && read.requests == 1 && read.bytes > 100_000)
        #expect(read.answers[4].reading == .value(Presence(.offline, text: "Offline")))
        #expect(read.answers.count == 650)
    }

    @Test("ids that are no GUIDs are never sent, and doubles are sent once")
    func unsendable() async throws {
        let rig = try Rig { Self.page($0) }
        let (one, two) = (PresencePages.account(1), PresencePages.account(2))
        let accounts = [one, AccountID("room1@contoso.com"), two, one, AccountID("x\"]}")]
        let read = await PresenceReader(client: rig.client, time: rig.time).read(accounts, timeout: .seconds(5))
        #expect(rig.asked.map(Self.ids) == [[one, two]])
        #expect(read.answers[0] == read.answers[3])
        #expect(read.answers[1].reading == .unknown(.failed("rejected_id")))
        #expect(read.answers[4].reading == .unknown(.failed("rejected_id")))
        #expect(read.answers[2].reading == .value(Presence(.inUse, text: "Busy/InACall")))
        #expect(read.isComplete)
    }

    @Test(
        "a failed request is a kind of failure and makes everybody unknown",
        arguments: [
            (429, "throttled"), (500, "http_500"), (503, "http_503"), (403, "http_403"), (402, "http_402"),
            (418, "http_418"),
        ])
    func failures(_ status: Int, _ kind: String) async throws {
        let rig = try Rig { _ in Rig.error(status) }
        let read = await PresenceReader(client: rig.client, time: rig.time)
            .read(PresencePages.accounts(3), timeout: .seconds(5))
        #expect(read.failure == kind)
        #expect(read.answers.map(\.reading) == Array(repeating: .unknown(.failed(kind)), count: 3))
        #expect(!read.isComplete && rig.asked.count == 1)
    }

    @Test("while the service is closed nothing is sent")
    func throttled() async throws {
        let rig = try Rig { _ in Rig.error(429) }
        let reader = PresenceReader(client: rig.client, time: rig.time)
        _ = await reader.read(PresencePages.accounts(3), timeout: .seconds(5))
        let second = await reader.read(PresencePages.accounts(3), timeout: .seconds(5))
        #expect(second.failure == "throttled" && rig.asked.count == 1)
    }

    @Test(
        "a page that is cut or no page at all is malformed",
        arguments: [
            #"{"value":[{"id":"ID","availability":"Offline","activity":"Offline"},{]}"#, #"{"nothing":1}"#,
            "<html></html>",
            #"{"value":[{"id":"ID","availability":"Offline","activity":"Offline"}"#,
        ])
    func malformed(_ body: String) async throws {
        let account = PresencePages.account(1)
        let rig = try Rig { _ in Rig.json(body.replacing("ID", with: account.text)) }
        let read = await PresenceReader(client: rig.client, time: rig.time).read([account], timeout: .seconds(5))
        #expect(read.failure == "malformed")
        #expect(read.answers.map(\.reading) == [.unknown(.failed("malformed"))])
    }

    @Test("a lost connection is tried once more, and not twice")
    func lostConnection() async throws {
        for losses in [1, 2] {
            let counter = Counter()
            let lossy = try Rig { asked in
                counter.next() <= losses
                    ? .failure(HTTPTransportError(.brokenConnection, host: "h", detail: "")) : Self.page(asked)
            }
            let read = await PresenceReader(client: lossy.client, time: lossy.time)
                .read(PresencePages.accounts(2), timeout: .seconds(5))
            #expect(read.failure == (losses == 1 ? nil : "broken_connection"))
            #expect(lossy.asked.count == 2)
        }
    }

    @Test("the time allowed bounds everything")
    func timeout() async throws {
        let rig = try Rig { _ in
            // A peer that never answers: the transfer ends when it is cancelled.
            let (stream, _) = AsyncStream.makeStream(of: Never.self)
            for await _ in stream {}
            return .failure(HTTPTransportError(.cancelled, host: "h", detail: ""))
        }
        let reader = PresenceReader(client: rig.client, time: rig.time)
        async let reading = reader.read(PresencePages.accounts(2), timeout: .seconds(4))
        await rig.time.untilSomebodySleeps()
        rig.time.advance(by: .seconds(4))
        let read = await reading
        #expect(read.failure == "timed_out")
        #expect(read.asked.elapsed(until: read.received) == .seconds(4))
    }

    @Test("refused ids are found, set aside for an hour and cost nobody else anything")
    func quarantine() async throws {
        let accounts = PresencePages.accounts(650)
        let bad: Set = [accounts[17], accounts[640]]
        let rig = try Rig { asked in
            Self.ids(asked).contains(where: bad.contains) ? Rig.error(400, "BadRequest") : Self.page(asked)
        }
        let reader = PresenceReader(client: rig.client, time: rig.time)
        let read = await reader.read(accounts, timeout: .seconds(5))
        #expect(rig.asked.count <= 41)
        #expect(read.failure == nil && read.isComplete)
        for (account, answer) in zip(accounts, read.answers) {
            if bad.contains(account) {
                #expect(answer.reading == .unknown(.failed("rejected_id")))
            } else {
                #expect(answer.sequenceNumber != nil)
            }
        }
        let before = rig.asked.count
        let again = await reader.read(accounts, timeout: .seconds(5))
        #expect(rig.asked.count == before + 1 && again.answers.count == 650 && again.isComplete)
        #expect(Set(Self.ids(rig.asked[before])).isDisjoint(with: bad))
        rig.time.advance(by: PresenceQuarantine.duration)
        _ = await reader.read(accounts, timeout: .seconds(5))
        #expect(Self.ids(rig.asked[before + 1]).count == 650)
    }

    @Test("a service that refuses everything blames no id, and searching has its bound")
    func refusesEverything() async throws {
        let accounts = PresencePages.accounts(650)
        let rig = try Rig { _ in Rig.error(400, "BadRequest") }
        let quarantine = PresenceQuarantine()
        let reader = PresenceReader(client: rig.client, time: rig.time, quarantine: quarantine)
        for _ in 0..<20 {
            let read = await reader.read(accounts, timeout: .seconds(5))
            #expect(read.failure == "http_400")
        }
        #expect(quarantine.accounts(at: rig.time.now()).isEmpty)
        #expect(rig.asked.count <= 20 + PresenceQuarantine.searchRequests)
    }

    @Test("the search for a refused id ends with the time allowed")
    func searchEnds() async throws {
        let clock = Mutex<TestTime?>(nil)
        let rig = try Rig { _ in
            clock.withLock { $0 }?.advance(by: .seconds(1))
            return Rig.error(400, "BadRequest")
        }
        clock.withLock { $0 = rig.time }
        let read = await PresenceReader(client: rig.client, time: rig.time)
            .read(PresencePages.accounts(650), timeout: .milliseconds(3500))
        #expect(read.failure == "http_400")
        #expect(rig.asked.count == 4)
    }

    @Test("one account alone that is refused is not searched for")
    func refusedAlone() async throws {
        let rig = try Rig { _ in Rig.error(400, "BadRequest") }
        let read = await PresenceReader(client: rig.client, time: rig.time)
            .read(PresencePages.accounts(1), timeout: .seconds(5))
        #expect(read.failure == "http_400" && rig.asked.count == 1)
    }

    @Test("more than 650 accounts are refused, none is no request")
    func bounds() async throws {
        let rig = try Rig { Self.page($0) }
        let reader = PresenceReader(client: rig.client, time: rig.time)
        #expect(await reader.read(PresencePages.accounts(651), timeout: .seconds(5)).failure == "too_many_ids")
        let none = await reader.read([], timeout: .seconds(5))
        #expect(none.failure == nil && none.answers.isEmpty && rig.asked.isEmpty)
    }
}
