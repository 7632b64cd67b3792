// A list is complete or it is an error, and its links never carry the token to another host.

import GraphClient
import HTTPExchange
import HTTPTypes
import Testing

@Suite("Pages")
struct PageTests {
    struct Thing: Decodable, Sendable, Equatable { let id: String }

    private let first = GraphRequest(.get, GraphPath("teamwork", "devices"), version: .beta, service: .teamwork)

    private func page(_ ids: [String], next: String? = nil) -> ScriptedTransport.Reply {
        let value = ids.map { #"{"id":"\#($0)"}"# }.joined(separator: ",")
        let link = next.map { #","@odata.nextLink":"\#($0)""# } ?? ""
        return .json(#"{"@odata.context":"c","value":[\#(value)]\#(link)}"#)
    }

    @Test("short and empty pages go on until there is no link")
    func all() async throws {
        let base = "https://graph.microsoft.com/beta/teamwork/devices"
        let pages = [
            page(["1", "2"], next: "\(base)?$skiptoken=a"), page([], next: "\(base)?$skiptoken=b"), page(["3"]),
        ]
        let rig = try Rig(graph: { _, number in pages[number] })
        let list = try await rig.client.list(first, of: Thing.self)
        #expect(list.items.map(\.id) == ["1", "2", "3"])
        #expect(list.pages == 3)
        #expect(rig.transport.graphSent.allSatisfy { $0.call.headerFields[.authorization] == "Bearer token-0" })
    }

    @Test(
        "relative links are resolved, also those that leave the version out",
        arguments: [
            "/teamwork/devices?$skiptoken=a", "/beta/teamwork/devices?$skiptoken=a", "?$skiptoken=a",
            "devices?$skiptoken=a", "teamwork/devices?$skiptoken=a",
            "//graph.microsoft.com/beta/teamwork/devices?$skiptoken=a",
            "HTTPS://GRAPH.Microsoft.com:443/beta/teamwork/devices?$skiptoken=a",
        ])
    func relative(link: String) async throws {
        let rig = try Rig(graph: { [self] _, number in number == 0 ? page(["1"], next: link) : page(["2"]) })
        _ = try await rig.client.list(first, of: Thing.self)
        #expect(
            rig.transport.graphSent.last?.call.url == "https://graph.microsoft.com/beta/teamwork/devices?$skiptoken=a")
    }

    @Test(
        "links that lead elsewhere are refused and nothing is sent",
        arguments: [
            "https://evil.example/beta/x", "https://graph.microsoft.com@evil.example/x", "//evil.example/x",
            "https:\\\\/\\\\/evil.example/x", "/\\\\evil.example/x", "\\\\\\\\evil.example",
            "http://graph.microsoft.com/beta/x",
            "https://graph.microsoft.com:8443/x", "https://graph.microsoft.com.evil.example/x", "https:evil.example",
            "https:///evil.example/x", "https://graph.microsoft.com%2eevil.example/x", "ftp://graph.microsoft.com/x",
            "https://user:pw@graph.microsoft.com/x", "javascript:alert(1)", "", " https://graph.microsoft.com/x",
            "https://graph.microsoft.com\\u0009/x", "https://graph.microsoft.com\\u000d\\u000aHost: evil/x",
            "../../../x", "https://gr\\u0430ph.microsoft.com/x",
        ])
    func foreign(link: String) async throws {
        let rig = try Rig(graph: { [self] _, _ in page(["1"], next: link) })
        do {
            _ = try await rig.client.list(first, of: Thing.self)
            Issue.record("followed")
        } catch {
            guard case .foreignLink = error.reason else {
                Issue.record("\(error)")
                return
            }
            #expect(error.pagesRead == 1)
        }
        #expect(rig.transport.graphSent.count == 1)
    }

    @Test("a link back to a page already read ends in an error, not in a loop")
    func loop() async throws {
        let rig = try Rig(graph: { [self] _, number in page(["\(number)"], next: number % 2 == 0 ? "?a=1" : "?a=2") })
        await #expect(throws: GraphError.self) { try await rig.client.list(first, of: Thing.self) }
        #expect(rig.transport.graphSent.count == 3)
    }

    @Test("pages and objects are bounded")
    func bounds() async throws {
        let rig = try Rig(graph: { [self] _, number in page(["1", "2"], next: "?a=\(number)") })
        for limits in [PageLimits(pages: 5), PageLimits(items: 9)] {
            do {
                _ = try await rig.client.list(first, of: Thing.self, limits: limits)
                Issue.record("endless")
            } catch {
                guard case .malformed = error.reason else {
                    Issue.record("\(error)")
                    return
                }
            }
        }
        #expect(rig.transport.graphSent.count == 10)
    }

    @Test("a page that fails in the middle tells how much was read")
    func partial() async throws {
        let rig = try Rig(graph: { [self] _, number in
            number < 2 ? page(["\(number)"], next: "?a=\(number)") : .status(403)
        })
        var read: [String] = []
        do {
            for try await page in rig.client.pages(first, of: Thing.self) { read += page.items.map(\.id) }
            Issue.record("the list passed for complete")
        } catch {
            #expect(error.pagesRead == 2)
            #expect(error.description.contains("incomplete"))
        }
        #expect(read == ["0", "1"])
    }

    @Test("an odd element is counted, a page without a list is malformed")
    func odd() async throws {
        let rig = try Rig(graph: { _, _ in .json(#"{"value":[{"id":"1"},{"id":7},null,{"id":"2"}],"@odata.count":4}"#) }
        )
        let list = try await rig.client.list(first, of: Thing.self)
        #expect(list.items.map(\.id) == ["1", "2"])
        #expect(list.undecodable == 2)
        for body in ["{}", #"{"value":[{"id":"1"}"#, #"{"value":{"id":"1"}}"#, #"{"value":[],"@odata.nextLink":7}"#] {
            let rig = try Rig(graph: { _, _ in .json(body) })
            await #expect(throws: GraphError.self) { try await rig.client.list(first, of: Thing.self) }
        }
    }
}
