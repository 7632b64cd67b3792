// Sends commands to devices and looks at what became of them. A command is one request and is never sent a second time by
// anything below: a second restart in the middle of a meeting is worse than one that nobody can account for. Graph's client
// repeats a request that is not idempotent only after a 401, which refuses it before anything was done.

public import FleetCore
public import GraphClient
public import Timekeeping

import Foundation
import HTTPTypes

/// Commands devices of one tenant. It remembers nothing.
public struct DeviceCommander: Sendable {
    /// Operations of one device that are looked at.
    public static let mostOperations = 50
    /// A history of more pages that does not begin with the newest cannot be followed; a page holds twenty and more.
    static let mostPages = 20
    /// How long a look waits for a service that is closed or a budget that is spent: two hundred rooms at once would
    /// otherwise all be told to come back later, one after the other.
    public static let patience: GraphRequest.Patience = .wait(upTo: .seconds(60))

    private let client: GraphClient
    private let time: any TimeSource
    private let patience: GraphRequest.Patience

    public init(
        client: GraphClient, time: any TimeSource, patience: GraphRequest.Patience = DeviceCommander.patience
    ) {
        self.client = client
        self.time = time
        self.patience = patience
    }

    /// Whether commands can be had as far as the token tells, without sending one; `nil` where it does not.
    public func capability() async -> CommandCapability? {
        await hasRole().map { $0 ? .available : .notGranted(role: CommandCapability.role) }
    }

    /// The newest operations of a device, newest first, whoever asked for them.
    public func operations(of device: String) async -> Result<[ListedOperation], CommandFailure> {
        var request = GraphRequest(
            .get, GraphPath("teamwork", "devices", device, "operations"), version: .beta, service: .teamwork)
        request.patience = patience
        do throws(GraphError) {
            let wires = try await wires(request)
            return .success(DeviceOperationWords.newest(wires, limit: Self.mostOperations))
        } catch {
            let capability = CommandCapability(error, hasRole: await hasRole(after: error))
            return .failure(CommandFailure(capability: capability, kind: FailureKind.word(error)))
        }
    }

    private func wires(_ request: GraphRequest) async throws(GraphError) -> [DeviceOperationWire] {
        var pages = client.pages(
            request, of: DeviceOperationWire.self, limits: PageLimits(pages: Self.mostPages)
        ).makeAsyncIterator()
        var wires: [DeviceOperationWire] = []
        while let page = try await pages.next() {
            wires += page.items
            // The order is documented nowhere. Where the newest come first, what lies beyond them need not be read.
            if wires.count >= Self.mostOperations, DeviceOperationWords.isNewestFirst(wires) { break }
        }
        return wires
    }

    /// Sends a command once, never again.
    ///
    /// A version of `nil` leaves it to Graph which one is installed.
    public func submit(_ action: DeviceAction, to device: String) async -> DeviceSubmission {
        guard let request = Self.request(action, device: device) else {
            return DeviceSubmission(
                answer: .refused("the device's id or the version is no usable text"), capability: .available)
        }
        do throws(GraphError) {
            let answer = try await client.send(request)
            let graphID = OperationLocation.operationID(answer.headerFields[.location], device: device)
            guard answer.status == 202 || graphID != nil else {
                // Some gateway's way of saying yes to everything, as likely as not.
                return DeviceSubmission(
                    answer: .unheard(
                        "it is not known whether Graph took it (HTTP \(answer.status) instead of 202)"),
                    capability: .transient(FailureKind.malformed))
            }
            return DeviceSubmission(answer: .accepted(graphID: graphID), capability: .available)
        } catch {
            return DeviceSubmission(error, hasRole: await hasRole(after: error), at: time.now())
        }
    }

    static func request(_ action: DeviceAction, device: String) -> GraphRequest? {
        guard let device = BoundedText.id(device) else { return nil }
        let call: String
        var body: [UInt8] = []
        switch action {
        case .restart: call = "restart"
        case .runDiagnostics: call = "runDiagnostics"
        case .updateSoftware(let kind, let version):
            call = "updateSoftware"
            guard let written = Self.body(kind, version: version) else { return nil }
            body = written
        }
        var request = GraphRequest(
            .post, GraphPath("teamwork", "devices", device, call), version: .beta, service: .teamwork, body: body)
        request.priority = .high
        // 202 says all there is to say, whatever a gateway puts beside it.
        request.expectsJSON = false
        return request
    }

    private static func body(_ kind: SoftwareKind, version: String?) -> [UInt8]? {
        struct Body: Encodable {
            let softwareType: String
            let softwareVersion: String?
        }
        if let version, version.isEmpty || BoundedText.clean(version, limit: BoundedText.word) != version { return nil }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let body = Body(softwareType: DeviceHealthWords.softwareType(kind), softwareVersion: version)
        return (try? encoder.encode(body)).map { Array($0) }
    }

    private func hasRole() async -> Bool? {
        // A token that cannot be had shows in the request, with its reason.
        (try? await client.tokens.token())?.roles.map { roles in
            roles.contains { $0.lowercased() == CommandCapability.role.lowercased() }
        }
    }

    /// Only a refusal for want of a permission makes it a question.
    private func hasRole(after error: GraphError) async -> Bool? {
        if case .forbidden = error.reason { await hasRole() } else { nil }
    }
}
