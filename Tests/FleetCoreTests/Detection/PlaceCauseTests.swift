// What chooses the cause of a dark place, as a table (Detection, Scope collapse).

@testable import FleetCore
import Foundation
import Testing
import Timekeeping

extension ServiceIssue {
    /// Posted `before` seconds before second 0 of the story.
    static func teams(
        _ kind: Kind = .incident, id: String = "TM123456", began before: Double = 1_200
    ) -> ServiceIssue {
        ServiceIssue(
            id: id, title: "Users may be unable to sign in", kind: kind, status: "serviceDegradation",
            startedAt: at(-before).wall)
    }
}

@Suite struct PlaceCauseTests {
    enum Posted: Sendable {
        case notRead, failed, nothing, incident, advisory, oldIncident

        var issues: Reading<[ServiceIssue]>? {
            switch self {
            case .notRead: nil
            case .failed: .unknown(.failed("http_503"))
            case .nothing: .value([])
            case .incident: .value([.teams()])
            case .advisory: .value([.teams(.advisory)])
            case .oldIncident: .value([.teams(began: 2 * 86_400)])
            }
        }
    }

    struct Row: Sendable {
        var isTenant = true
        var members: [Cause: Int] = [.unknown: 30]
        var posted = Posted.notRead
        var token: TokenEndpointReading.Outcome?
        var cause: Cause
    }

    static let rows: [Row] = [
        // Nothing is known, and nothing is guessed.
        Row(cause: .unknown),
        Row(posted: .failed, cause: .unknown), Row(posted: .nothing, cause: .unknown),
        Row(posted: .advisory, cause: .unknown), Row(posted: .oldIncident, cause: .unknown),
        Row(isTenant: false, token: .failing, cause: .unknown), Row(token: .answered, cause: .unknown),
        Row(token: .unreachable, cause: .unknown), Row(token: .refused, cause: .unknown),
        // Microsoft says that it is Microsoft.
        Row(posted: .incident, cause: .provider), Row(isTenant: false, posted: .incident, cause: .provider),
        Row(token: .failing, cause: .provider),
        // Devices have left the network.
        Row(members: [.networkOrPower: 18, .unknown: 12], cause: .networkOrPower),
        Row(members: [.networkOrPower: 18], posted: .nothing, token: .failing, cause: .networkOrPower),
        Row(isTenant: false, members: [.networkOrPower: 18], posted: .incident, cause: .networkOrPower),
        Row(members: [.networkOrPower: 18], posted: .incident, cause: .provider),
        // Devices are well.
        Row(members: [.signedOut: 20, .unknown: 30], posted: .nothing, token: .answered, cause: .signedOut),
        Row(members: [.signedOut: 20], posted: .incident, cause: .provider),
        Row(members: [.signedOut: 20], token: .failing, cause: .provider),
        Row(isTenant: false, members: [.signedOut: 20], cause: .signedOut),
        // No majority is no cause, and neither is one record of many.
        Row(isTenant: false, members: [.networkOrPower: 1, .unknown: 29], cause: .unknown),
        Row(isTenant: false, members: [.networkOrPower: 2, .unknown: 28], cause: .networkOrPower),
        Row(members: [.signedOut: 10, .networkOrPower: 10], cause: .unknown),
        // What the directory or our own operation explains.
        Row(members: [.account: 20], posted: .incident, cause: .account),
        Row(members: [.didNotReturn: 20], posted: .incident, token: .failing, cause: .didNotReturn),
    ]

    @Test(arguments: rows.indices)
    func theCauseFollowsTheEvidence(_ number: Int) {
        let row = Self.rows[number]
        var check = TenantCheck()
        if let issues = row.posted.issues { _ = check.accept(ServiceHealthReading(issues: issues, asked: at(30))) }
        if let token = row.token { _ = check.accept(TokenEndpointReading(outcome: token, at: at(30))) }
        let judged = PlaceCause(
            isWholeTenant: row.isTenant, onset: at(0).wall, members: row.members, check: check, now: at(60))
        #expect(judged.cause == row.cause, "\(row)")
        if row.cause == .provider { #expect(!judged.evidence.isEmpty, "\(row)") }
    }

    @Test func theEvidenceNamesTheIncidentTheRecordsAndTheSignIn() {
        var check = TenantCheck()
        _ = check.accept(
            ServiceHealthReading(issues: .value([.teams(), .teams(.advisory, id: "TM2")]), asked: at(30)))
        _ = check.accept(TokenEndpointReading(outcome: .failing, detail: "unavailable, HTTP 503", at: at(40)))
        let judged = PlaceCause(
            isWholeTenant: true, onset: at(0).wall, members: [.signedOut: 17, .networkOrPower: 3], check: check,
            now: at(60))
        #expect(
            judged.evidence.map { "\($0.source): \($0.reading)" } == [
                "device_sample: 3 of 20 device records say offline, 17 say well",
                "service_health: TM123456 (serviceDegradation): Users may be unable to sign in",
                "token_endpoint: failing: unavailable, HTTP 503",
            ])
        #expect(judged.evidence.map(\.observedAt) == [at(60).wall, at(30).wall, at(40).wall])
    }

    @Test func whatWasReadLongAgoProvesNothing() {
        var check = TenantCheck()
        _ = check.accept(ServiceHealthReading(issues: .value([.teams()]), asked: at(0)))
        _ = check.accept(TokenEndpointReading(outcome: .failing, at: at(0)))
        let bound = TenantCheck.believedFor.seconds
        #expect(check.issues(at: at(bound - 1))?.count == 1 && check.tokenEndpoint(at: at(bound - 1)) != nil)
        #expect(check.issues(at: at(bound)) == nil && check.tokenEndpoint(at: at(bound)) == nil)
    }

    @Test func aFailedOrLateReadTakesNothingBack() {
        var check = TenantCheck()
        let reads: [(Reading<[ServiceIssue]>, Double, isNews: Bool)] = [
            (.value([.teams()]), 100, true), (.unknown(.failed("http_503")), 160, false), (.value([]), 50, false),
        ]
        for read in reads {
            let isNews = check.accept(ServiceHealthReading(issues: read.0, asked: at(read.1)))
            #expect(isNews == read.isNews)
        }
        #expect(check.issues(at: at(200))?.map(\.id) == ["TM123456"])
        let isResolved = check.accept(ServiceHealthReading(issues: .value([]), asked: at(220)))
        #expect(isResolved && check.issues(at: at(221)) == [])
    }
}
