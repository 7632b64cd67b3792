// Commands leave once. What follows from each way in which their one request can end is held here, row by row.

import FleetCore
import FleetGraph
import Foundation
import GraphClient
import HTTPExchange
import HTTPTypes
import Testing
import Timekeeping

@Suite("Commands to devices")
struct DeviceCommanderTests {
    static let role = "TeamworkDevice.ReadWrite.All"

    static func commander(_ rig: Rig) -> DeviceCommander {
        DeviceCommander(client: rig.client, time: rig.time, patience: .failAtOnce)
    }

    @Test(
        "each command is one POST with its own body",
        arguments: [
            (DeviceAction.restart, "restart", ""), (.runDiagnostics, "runDiagnostics", ""),
            (.updateSoftware(.teamsClient, version: nil), "updateSoftware", #"{"softwareType":"teamsClient"}"#),
            (
                .updateSoftware(.operatingSystem, version: "5.1/2"), "updateSoftware",
                #"{"softwareType":"operatingSystem","softwareVersion":"5.1/2"}"#
            ),
        ])
    func requests(_ action: DeviceAction, _ call: String, _ body: String) async throws {
        let rig = try Rig { _ in CommandDesk.accepted("/teamwork/devices/a/operations/op-1") }
        let submission = await Self.commander(rig).submit(action, to: "a")
        #expect(submission == DeviceSubmission(answer: .accepted(graphID: "op-1"), capability: .available))
        #expect(rig.asked.map(\.method) == ["POST"])
        #expect(rig.asked.map(\.target) == ["/beta/teamwork/devices/a/\(call)"])
        #expect(rig.asked.map(\.body) == [body])
        // An empty body is sent as one, of no type.
        #expect(rig.asked.map(\.hasBody) == [true])
        #expect(rig.asked[0].fields[.contentType] == (body.isEmpty ? nil : "application/json"))
    }

    @Test(
        "the operation's id is taken from whatever link it comes in, and from no other",
        arguments: [
            ("/teamwork/devices/a/operations/op-1", "op-1"), ("teamwork/devices/a/operations/op-1", "op-1"),
            ("https://graph.microsoft.com/beta/teamwork/devices/a/operations/op-1", "op-1"),
            ("https://elsewhere.example/teamwork/devices/A/Operations/op-1/?x=/y#z", "op-1"),
            ("/teamwork/devices/%61/operations/op%2D1", "op-1"),
            (nil, nil), ("", nil), ("/", nil), ("op-1", nil), ("/operations/op-1", nil),
            ("/teamwork/devices/b/operations/op-1", nil), ("/teamwork/devices/a/operations", nil),
            ("/teamwork/devices/a/operations/", nil), ("/teamwork/devices/a/restart/op-1", nil),
            ("/teamwork/devices/a/operations/op%2F1", nil), ("/teamwork/devices/a/operations/op%201", nil),
            ("/teamwork/devices/a/operations/%FF", nil), ("/teamwork/devices/a/operations/'op'", nil),
            ("/teamwork/devices/a/operations/" + String(repeating: "x", count: 65), nil),
            (String(repeating: "/x", count: 1_100) + "/a/operations/op-1", nil),
        ] as [(String?, String?)])
    func location(_ link: String?, _ id: String?) async throws {
        let rig = try Rig { _ in CommandDesk.accepted(link) }
        let submission = await Self.commander(rig).submit(.restart, to: "a")
        #expect(submission == DeviceSubmission(answer: .accepted(graphID: id), capability: .available))
        // The link is never followed, wherever it leads.
        #expect(rig.asked.count == 1)
    }

    @Test("202 is a yes whatever stands beside it, any other yes is none")
    func otherSuccesses() async throws {
        for body in ["<html>", "{", "{}"] {
            let rig = try Rig { _ in CommandDesk.accepted(nil, body: body) }
            #expect(await Self.commander(rig).submit(.restart, to: "a").answer == .accepted(graphID: nil))
        }
        for status in [200, 201, 204] {
            let rig = try Rig { _ in CommandDesk.accepted(nil, status: status, body: "<html>") }
            let submission = await Self.commander(rig).submit(.restart, to: "a")
            guard case .unheard(let why) = submission.answer else {
                Issue.record("\(submission)")
                continue
            }
            #expect(why.contains("\(status) instead of 202"))
            #expect(submission.capability == .transient("malformed") && rig.asked.count == 1)
        }
        let linked = try Rig { _ in CommandDesk.accepted("/teamwork/devices/a/operations/op-1", status: 201) }
        #expect(await Self.commander(linked).submit(.restart, to: "a").answer == .accepted(graphID: "op-1"))
    }

    /// Status, Graph's message, words that the person must read, and what it says of commands altogether.
    static let refusals: [(Int, String, String, CommandCapability)] = [
        (400, "The version is not offered.", "The version is not offered.", .available),
        (400, "Resource not found for the segment 'restart'.", "retired", .retired),
        (402, "", "billing", .metered), (403, "", role, .notGranted(role: role)),
        (404, "", "does not know this device", .available),
        (404, "Resource not found for the segment 'devices'.", "retired", .retired),
        (405, "", "retired", .retired), (410, "", "retired", .retired), (501, "", "retired", .retired),
        (412, "", "412 X", .available), (413, "", "413 X", .available),
    ]

    @Test("a refusal is final and says whom it concerns", arguments: refusals)
    func refused(_ status: Int, _ message: String, _ words: String, _ capability: CommandCapability) async throws {
        let rig = try Rig { _ in Rig.error(status, "X", message) }
        let submission = await Self.commander(rig).submit(.restart, to: "a")
        guard case .refused(let why) = submission.answer else {
            Issue.record("\(status) became \(submission)")
            return
        }
        #expect(why.contains(words))
        #expect(submission.capability == capability)
        #expect(rig.asked.count == 1)
    }

    @Test("409 means that one is queued already")
    func conflict() async throws {
        let rig = try Rig { _ in Rig.error(409, "Conflict") }
        let submission = await Self.commander(rig).submit(.restart, to: "a")
        #expect(submission == DeviceSubmission(answer: .alreadyRunning, capability: .available))
    }

    @Test("a 403 in spite of the permission concerns the device alone")
    func forbiddenThough() async throws {
        let held = try Rig(token: CommandDesk.token(Self.role.lowercased())) { _ in Rig.error(403) }
        let submission = await Self.commander(held).submit(.restart, to: "a")
        guard case .refused(let why) = submission.answer else {
            Issue.record("\(submission)")
            return
        }
        #expect(why.contains("for this device") && submission.capability == .available)
        let lacking = try Rig(token: CommandDesk.token("TeamworkDevice.Read.All")) { _ in Rig.error(403) }
        #expect(
            await Self.commander(lacking).submit(.restart, to: "a").capability == .notGranted(role: Self.role))
    }

    @Test("the token tells about the permission without a command being sent")
    func capability() async throws {
        for (token, capability) in [
            (CommandDesk.token(Self.role), CommandCapability.available),
            (CommandDesk.token("TeamworkDevice.Read.All"), .notGranted(role: Self.role)), ("opaque", nil), ("", nil),
        ] {
            let rig = try Rig(token: token) { _ in Rig.error(500) }
            #expect(await Self.commander(rig).capability() == capability)
            #expect(rig.asked.isEmpty)
        }
    }

    @Test(
        "an answer that leaves the outcome open is unheard, and nothing is sent again",
        arguments: [408, 500, 502, 503, 504, 509, 302])
    func open(_ status: Int) async throws {
        let rig = try Rig(jumps: true) { _ in
            .success(HTTPAnswer(status: status, headerFields: [.retryAfter: "1"], body: Array("<html>".utf8)))
        }
        let submission = await Self.commander(rig).submit(.restart, to: "a")
        guard case .unheard(let why) = submission.answer, case .transient = submission.capability else {
            Issue.record("\(status) became \(submission)")
            return
        }
        #expect(why.contains("\(status)"))
        #expect(rig.asked.count == 1)
    }

    @Test(
        "a request that was not answered is unheard, one that never left is not sent",
        arguments: HTTPTransportError.Kind.allCases)
    func transport(_ kind: HTTPTransportError.Kind) async throws {
        let rig = try Rig(jumps: true) { _ in .failure(HTTPTransportError(kind, host: "graph.test", detail: "scripted"))
        }
        let submission = await Self.commander(rig).submit(.restart, to: "a")
        switch submission.answer {
        case .unheard(let why): #expect(kind.mayHaveBeenApplied && why.contains("graph.test"))
        case .notSent(let why, let wait):
            #expect(!kind.mayHaveBeenApplied && why.contains("graph.test") && wait == nil)
        default: Issue.record("\(kind) became \(submission)")
        }
        guard case .transient = submission.capability else {
            Issue.record("\(kind) said \(submission.capability)")
            return
        }
        #expect(rig.asked.count == 1)
    }

    @Test("a throttled command had no effect, and none leaves before the time that Graph named")
    func throttled() async throws {
        let rig = try Rig { _ in
            .success(HTTPAnswer(status: 429, headerFields: [.retryAfter: "30"], body: []))
        }
        for _ in 0..<3 {
            let submission = await Self.commander(rig).submit(.restart, to: "a")
            guard case .notSent(_, let wait?) = submission.answer else {
                Issue.record("\(submission)")
                return
            }
            #expect(wait >= .seconds(30) && wait <= .seconds(36))
            #expect(submission.capability == .transient("throttled"))
        }
        #expect(rig.asked.count == 1)
    }

    @Test("a locked device is asked again later")
    func locked() async throws {
        let rig = try Rig { _ in Rig.error(423, "Locked") }
        guard case .notSent(let why, nil) = await Self.commander(rig).submit(.restart, to: "a").answer else {
            Issue.record("expected not sent")
            return
        }
        #expect(why.contains("423 Locked") && rig.asked.count == 1)
    }

    @Test("a refused token is renewed once; a second refusal had no effect either")
    func token() async throws {
        let count = Counter()
        let healed = try Rig { _ in
            count.next() == 1 ? Rig.error(401) : CommandDesk.accepted("/teamwork/devices/a/operations/op-1")
        }
        #expect(await Self.commander(healed).submit(.restart, to: "a").answer == .accepted(graphID: "op-1"))
        #expect(healed.asked.count == 2)

        let refused = try Rig { _ in Rig.error(401, "InvalidAuthenticationToken") }
        let submission = await Self.commander(refused).submit(.restart, to: "a")
        guard case .notSent(let why, .seconds(60)) = submission.answer else {
            Issue.record("\(submission)")
            return
        }
        #expect(why.contains("InvalidAuthenticationToken") && submission.capability == .transient("http_401"))
        #expect(refused.asked.count == 2)

        let without = try Rig(token: "") { _ in CommandDesk.accepted(nil) }
        guard case .notSent(_, .some) = await Self.commander(without).submit(.restart, to: "a").answer else {
            Issue.record("expected not sent")
            return
        }
        #expect(without.asked.isEmpty)
    }

    @Test("an answer after a renewed token that leaves the outcome open is not asked for a third time")
    func openAfterRenewal() async throws {
        let count = Counter()
        let rig = try Rig(jumps: true) { _ in Rig.error(count.next() == 1 ? 401 : 503) }
        guard case .unheard = await Self.commander(rig).submit(.restart, to: "a").answer else {
            Issue.record("expected unheard")
            return
        }
        #expect(rig.asked.count == 2)
    }

    @Test("a command beyond the own budget waits at home")
    func budget() async throws {
        let rig = try Rig { _ in CommandDesk.accepted(nil) }
        let commander = Self.commander(rig)
        var answers: [SubmissionAnswer] = []
        for _ in 0..<25 { answers.append(await commander.submit(.restart, to: "a").answer) }
        #expect(answers.prefix(24).allSatisfy { $0 == .accepted(graphID: nil) })
        guard case .notSent(let why, let wait?) = answers[24] else {
            Issue.record("\(answers[24])")
            return
        }
        #expect(why.contains("budget") && wait > .zero && wait < .seconds(2))
        #expect(rig.asked.count == 24)
    }

    @Test("what cannot be said in a request is not sent")
    func unusable() async throws {
        let rig = try Rig { _ in CommandDesk.accepted(nil) }
        let commander = Self.commander(rig)
        let asked: [(DeviceAction, String)] = [
            (.restart, ""), (.restart, ".."), (.restart, "a\u{0}"), (.restart, String(repeating: "x", count: 65)),
            (.updateSoftware(.firmware, version: ""), "a"), (.updateSoftware(.firmware, version: "1\n2"), "a"),
            (.updateSoftware(.firmware, version: String(repeating: "1", count: 65)), "a"),
        ]
        for (action, device) in asked {
            let submission = await commander.submit(action, to: device)
            guard case .refused = submission.answer, submission.capability == .available else {
                Issue.record("\(action) \(device): \(submission)")
                continue
            }
        }
        #expect(rig.asked.isEmpty)
    }

    @Test(
        "a command that was carried out without its answer is found in the list, and never sent twice",
        arguments: [
            CommandDesk.Fate.status(500), .status(503), .status(504), .lost(.totalTimedOut), .lost(.stalled),
            .lost(.brokenConnection), .lost(.responseTooLarge),
        ])
    func failedButApplied(_ fate: CommandDesk.Fate) async throws {
        let desk = CommandDesk()
        desk.set(fate)
        let rig = try Rig(jumps: true, desk.answer)
        let commander = Self.commander(rig)
        let rules = FollowingRules()
        var operation = Operation(
            id: UniqueID(stored: "2"), command: UniqueID(stored: "1"), tenant: TenantName("contoso"),
            room: PresencePages.account(1), device: "a", action: .restart)
        let known = try await commander.operations(of: "a").get()
        let mayLeave = operation.begin(knowing: known, at: rig.time.now())
        #expect(mayLeave)
        operation.take(await commander.submit(.restart, to: "a").answer, at: rig.time.now(), rules: rules)
        #expect(operation.state.word == "unconfirmed" && desk.applied == 1)
        operation.take(try await commander.operations(of: "a").get(), at: rig.time.now(), rules: rules)
        guard case .accepted(_, let watch) = operation.state else {
            Issue.record("\(operation.state)")
            return
        }
        #expect(watch.graphID == "op-1")
        #expect(rig.asked.map(\.method) == ["GET", "POST", "GET"])
    }

    @Test("two commands at the same device are one command and one that is told so")
    func twice() async throws {
        let desk = CommandDesk()
        let rig = try Rig(desk.answer)
        let commander = Self.commander(rig)
        async let one = commander.submit(.restart, to: "a").answer
        async let two = commander.submit(.restart, to: "a").answer
        let answers = await [one, two]
        #expect(answers.contains(.accepted(graphID: "op-1")) && answers.contains(.alreadyRunning))
        #expect(desk.applied == 1)
    }
}
