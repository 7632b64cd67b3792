// Reads why an account cannot sign in. One account at a time and only those in trouble: the log allows five requests in
// ten seconds (Graph facts, Limits), which the budget of the service keeps.

public import FleetCore
public import GraphClient
public import Timekeeping

import Foundation
import HTTPTypes

/// What one read of the log brought.
public struct SignInRead: Sendable, Hashable {
    public var capability: SignInCapability
    public var reading: SignInReading
}

/// Reads the newest sign-ins of one account.
public struct SignInReader: Sendable {
    /// The newest come first; what lies before these explains no outage.
    static let pageSize = 50
    /// The log is slow and large, and its answers are only evidence.
    static let patience: GraphRequest.Patience = .wait(upTo: .seconds(60))

    private let client: GraphClient
    private let time: any TimeSource

    public init(client: GraphClient, time: any TimeSource) {
        self.client = client
        self.time = time
    }

    /// Whether the token in hand carries the role; `nil` where that cannot be read.
    public func hasRole() async -> Bool? {
        // A token that cannot be had shows in the request, with its reason.
        (try? await client.tokens.token())?.roles.map { roles in
            roles.contains { $0.lowercased() == SignInCapability.role.lowercased() }
        }
    }

    /// Reads interactive sign-ins (v1.0), and where it is asked for, the silent renewals of tokens as well, which only the
    /// beta shows. Without the permission, as far as the token tells, nothing is asked.
    ///
    /// - Parameter since: how far back it matters.
    public func read(_ account: AccountID, since: Date, silent: Bool) async -> SignInRead {
        let asked = time.now()
        let hasRole = await hasRole()
        if hasRole == false { return failed(.notGranted, asked: asked) }
        // An id goes into a filter; nothing but a GUID is an id here.
        guard account.isGUID else { return failed(.transient(FailureKind.rejectedID), asked: asked) }
        do throws(GraphError) {
            let signIns = try await page(request(account, since: since, silent: silent), of: account)
            return SignInRead(
                capability: .available, reading: SignInReading(signIns: .value(signIns), asked: asked))
        } catch {
            return failed(SignInCapability(error, hasRole: hasRole), asked: asked)
        }
    }

    private func request(_ account: AccountID, since: Date, silent: Bool) -> GraphRequest {
        var filter =
            "userId eq \(GraphPath.literal(account.text)) and createdDateTime ge \(since.formatted(.iso8601))"
        if silent { filter = "signInEventTypes/any(t:t eq 'nonInteractiveUser') and " + filter }
        let path = GraphPath("auditLogs", "signIns").query("$filter", filter).query("$top", "\(Self.pageSize)")
        var request = GraphRequest(.get, path, version: silent ? .beta : .v1, service: .reports)
        request.patience = Self.patience
        return request
    }

    /// One page is enough: the newest sign-ins stand on it.
    private func page(_ request: GraphRequest, of account: AccountID) async throws(GraphError) -> [SignIn] {
        var pages = client.pages(request, of: SignInWire.self, limits: PageLimits(pages: 1)).makeAsyncIterator()
        let wires = try await pages.next()?.items ?? []
        return Self.signIns(wires, of: account)
    }

    /// What was asked for, whatever else an answer holds.
    static func signIns(_ wires: [SignInWire], of account: AccountID) -> [SignIn] {
        var seen: Set<String> = []
        return wires.compactMap { wire -> SignIn? in
            guard let at = wire.createdDateTime?.date, let code = wire.status?.errorCode?.integer,
                wire.userId.map({ $0.lowercased() == account.text }) ?? true,
                wire.id.map({ seen.insert($0).inserted }) ?? true
            else { return nil }
            return SignIn(at: at, outcome: SignInWords.outcome(Int(code)))
        }.sorted { $0.at > $1.at }
    }

    private func failed(_ capability: SignInCapability, asked: Moment) -> SignInRead {
        let word =
            switch capability {
            case .transient(let kind): kind
            case .notGranted, .refused: "not_granted"
            case .notLicensed: "not_licensed"
            case .notOffered, .available, .untried: "not_offered"
            }
        return SignInRead(
            capability: capability, reading: SignInReading(signIns: .unknown(.failed(word)), asked: asked))
    }
}
