// The list of a device's operations: a free text for a status, pages in any order, and every way of not answering.

import FleetCore
import FleetGraph
import Foundation
import GraphClient
import HTTPExchange
import Testing

@Suite("Reading operations of devices")
struct DeviceOperationTests {
    static func operations(_ rig: Rig) async -> Result<[ListedOperation], CommandFailure> {
        await DeviceCommander(client: rig.client, time: rig.time, patience: .failAtOnce).operations(of: "a")
    }

    static func list(_ items: [String], next: String? = nil) -> Rig.Reply {
        let link = next.map { #""@odata.nextLink":"\#($0)","# } ?? ""
        return Rig.json(#"{\#(link)"value":[\#(items.joined(separator: ","))]}"#)
    }

    static let failed = ListedOperation.Progress.failed(code: "", message: "")
    static let words: [(String, ListedOperation.Progress)] = [
        ("Queued", .queued), ("queued", .queued), ("Scheduled", .queued), ("InProgress", .running),
        ("inprogress", .running), ("In progress", .running), ("in_progress", .running), ("Successful", .succeeded),
        ("SUCCEEDED", .succeeded), ("Cancelled", .cancelled), ("canceled", .cancelled), ("Failed", failed),
        ("Completed", .unknown), ("unknownFutureValue", .unknown), ("not queued", .unknown),
    ]

    @Test("a status is read in any spelling, and a word that nobody knows says nothing", arguments: words)
    func status(_ word: String, _ progress: ListedOperation.Progress) async throws {
        let rig = try Rig { _ in Self.list([CommandDesk.operation("op-1", word)]) }
        let listed = try #require(try await Self.operations(rig).get().first)
        #expect(listed.progress == progress && listed.word == word)
        #expect(listed.kind == .restart && listed.graphID == "op-1")
        #expect(listed.createdAt == Date(timeIntervalSince1970: 1_796_112_000))
        #expect(rig.asked.map(\.target) == ["/beta/teamwork/devices/a/operations"])
    }

    @Test("a failure carries Graph's own words, bounded and on one line")
    func failure() async throws {
        let long = String(repeating: "x", count: 5_000)
        let rig = try Rig { _ in
            Self.list([
                CommandDesk.operation("1", "failed", error: #"{"code":"Device\nOffline","message":"\#(long)"}"#),
                CommandDesk.operation("2", "failed", error: #""odd""#),
                CommandDesk.operation("3", "failed", error: #"{"code":7,"message":{}}"#),
            ])
        }
        let listed = try await Self.operations(rig).get()
        #expect(listed.map(\.graphID) == ["3", "2", "1"])
        #expect(
            listed.map(\.progress) == [
                Self.failed, Self.failed,
                .failed(code: "DeviceOffline", message: String(repeating: "x", count: 512)),
            ])
    }

    @Test(
        "types in any case",
        arguments: [
            ("DeviceRestart", ListedOperation.Kind.restart), ("softwareupdate", .updateSoftware),
            ("deviceDiagnostics", .runDiagnostics), ("remoteLogin", .other), ("x", .other),
        ])
    func kind(_ word: String, _ kind: ListedOperation.Kind) async throws {
        let rig = try Rig { _ in Self.list([CommandDesk.operation("op-1", "Queued", type: word)]) }
        #expect(try await Self.operations(rig).get().map(\.kind) == [kind])
    }

    @Test("elements that are no operations are left out, and missing fields say nothing")
    func ragged() async throws {
        let rig = try Rig { _ in
            Self.list([
                "7", "null", "[]", "{}", #"{"id":null}"#, #"{"id":"a\u0000b"}"#, #"{"id":"only"}"#,
                #"{"id":"ONLY","status":"Queued"}"#,
                #"{"id":"odd","status":7,"operationType":{},"createdDateTime":5,"error":[]}"#,
            ])
        }
        let listed = try await Self.operations(rig).get()
        #expect(
            listed == [
                ListedOperation(graphID: "only", kind: .other, progress: .unknown, word: "nothing"),
                ListedOperation(graphID: "odd", kind: .other, progress: .unknown, word: "nothing"),
            ])
    }

    @Test("the newest fifty of all pages are kept, over relative links, an undated one before the others")
    func newest() async throws {
        let rig = try Rig { asked in
            guard asked.target.contains("skiptoken") else {
                let old = (0..<40).map {
                    CommandDesk.operation("old-\($0)", "Successful", created: "2026-01-01T00:00:\(10 + $0)Z")
                }
                return Self.list(old, next: "/teamwork/devices/a/operations?$skiptoken=x")
            }
            let new = (0..<30).map {
                CommandDesk.operation("new-\($0)", "Successful", created: "2026-02-01T00:00:\(10 + $0).5Z")
            }
            return Self.list(new + [CommandDesk.operation("undated", "Queued", created: "0001-01-01T00:00:00Z")])
        }
        let listed = try await Self.operations(rig).get()
        #expect(rig.asked.count == 2)
        #expect(listed.count == 50)
        #expect(listed.prefix(2).map(\.graphID) == ["undated", "new-29"])
        #expect(listed.last?.graphID == "old-21")
        #expect(listed.first?.createdAt == nil)
    }

    @Test("a list without an end is no list, unless the newest come first")
    func endless() async throws {
        for (step, pages, isRead) in [(-1, 5, true), (0, 5, true), (1, 20, false)] {
            let count = Counter()
            let rig = try Rig { _ in
                let page = count.next()
                let items = (0..<10).map { place in
                    CommandDesk.operation(
                        "\(page)-\(place)", "Queued",
                        created: "2026-02-01T00:\(30 + step * page):\(30 + step * place)Z")
                }
                return Self.list(items, next: "/teamwork/devices/a/operations?$skiptoken=\(page)")
            }
            let result = await Self.operations(rig)
            #expect(rig.asked.count == pages)
            if isRead {
                #expect(try result.get().count == 50)
            } else {
                #expect(
                    result == .failure(CommandFailure(capability: .transient("malformed"), kind: "malformed")))
            }
        }
    }

    static let failures: [(Int, String, CommandCapability, String)] = [
        (400, "Resource not found for the segment 'operations'.", .retired, "http_400"),
        (401, "", .transient("http_401"), "http_401"), (402, "", .metered, "http_402"),
        (403, "", .notGranted(role: CommandCapability.role), "http_403"), (404, "", .available, "http_404"),
        (404, "Resource not found for the segment 'devices'.", .retired, "http_404"), (405, "", .retired, "http_405"),
        (410, "", .retired, "http_410"), (429, "", .transient("throttled"), "throttled"),
        (500, "", .transient("http_500"), "http_500"), (501, "", .retired, "http_501"),
        (503, "", .transient("http_503"), "http_503"),
    ]

    @Test("why it cannot be read, and what that says of commands altogether", arguments: failures)
    func notRead(_ status: Int, _ message: String, _ capability: CommandCapability, _ kind: String) async throws {
        let rig = try Rig { _ in Rig.error(status, "X", message) }
        #expect(await Self.operations(rig) == .failure(CommandFailure(capability: capability, kind: kind)))
    }

    @Test("no answer, half an answer and an answer of somebody else are failures of the moment")
    func noAnswer() async throws {
        let replies: [(Rig.Reply, String)] = [
            (.failure(HTTPTransportError(.totalTimedOut, host: "graph.test", detail: "scripted")), "timed_out"),
            (
                .failure(HTTPTransportError(.brokenConnection, host: "graph.test", detail: "scripted")),
                "broken_connection"
            ),
            (Rig.json(#"{"value":[{"id":"op"#), "malformed"), (Rig.json("<html>"), "malformed"),
            (Rig.json(#"{"value":7}"#), "malformed"),
            (Self.list([], next: "https://elsewhere.example/"), "foreign_link"),
        ]
        for (reply, kind) in replies {
            let rig = try Rig { _ in reply }
            #expect(
                await Self.operations(rig) == .failure(CommandFailure(capability: .transient(kind), kind: kind)))
            #expect(rig.asked.count == 1)
        }
    }

    @Test("every state of the capability has its own line for the operator")
    func texts() {
        let all: [CommandCapability] = [
            .available, .notGranted(role: CommandCapability.role), .metered, .retired, .transient("http_503"),
        ]
        #expect(Set(all.map(\.text)).count == all.count)
        #expect(all.map(\.isGone) == [false, true, true, true, false])
        #expect(all[1].text.contains("TeamworkDevice.ReadWrite.All") && all[4].text.contains("Graph answered 503"))
    }
}
