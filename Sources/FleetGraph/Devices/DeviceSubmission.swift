// What a command's one request brought: what became of it on this device, and beside it what that says of commands
// altogether. Whatever leaves it open whether the device got it is "unheard", never "not sent" (Graph facts, Errors).

public import FleetCore
import GraphClient
import Timekeeping

/// What became of one request to one device.
public struct DeviceSubmission: Sendable, Hashable {
    public var answer: SubmissionAnswer
    /// What it says of commands altogether; ``CommandCapability/available`` where only this device refused.
    public var capability: CommandCapability

    public init(answer: SubmissionAnswer, capability: CommandCapability) {
        self.answer = answer
        self.capability = capability
    }
}

extension DeviceSubmission {
    /// Before this is over Graph's client drops no second token, so asking again would bring the same refusal.
    static let tokenPause: Duration = .seconds(60)

    /// - Parameter hasRole: whether the token carries the permission; `nil` where that cannot be told.
    init(_ error: GraphError, hasRole: Bool?, at now: Moment) {
        let kind = FailureKind.word(error)
        let wait = error.retryAt.map { max(.zero, now.elapsed(until: $0)) }
        func notSent(_ why: String, _ wait: Duration?) -> DeviceSubmission {
            let why = BoundedText.clean(why, limit: BoundedText.sentence)
            return DeviceSubmission(answer: .notSent(why, retryAfter: wait), capability: .transient(kind))
        }
        func unheard(_ cause: String) -> DeviceSubmission {
            let cause = BoundedText.clean(cause, limit: BoundedText.sentence)
            return DeviceSubmission(
                answer: .unheard("it is not known whether Graph took it (\(cause))"), capability: .transient(kind))
        }
        switch error.reason {
        case .throttled: self = notSent("Graph asks for quiet about devices", wait)
        case .budgetSpent, .lineFull: self = notSent("the own request budget for devices is spent", wait)
        case .token(let error): self = notSent("there is no access token: \(error)", wait)
        case .transport(let error): self = notSent("Graph could not be reached: \(error)", nil)
        case .cancelled: self = notSent("the monitor was stopped before it was sent", nil)
        case .unauthorised(let code):
            self = notSent("Graph refuses the access token (\(Self.words(401, code)))", Self.tokenPause)
        case .rejected(status: 423, let code):
            self = notSent("the device is locked by something else (\(Self.words(423, code)))", nil)
        case .unconfirmed(let cause), .malformed(let cause), .foreignLink(let cause): self = unheard(cause)
        case .conflict: self = DeviceSubmission(answer: .alreadyRunning, capability: .available)
        case .forbidden, .paymentRequired, .notFound, .gone, .rejected, .server, .invalidRequest:
            let capability = CommandCapability(error, hasRole: hasRole)
            self = DeviceSubmission(answer: .refused(Self.refusal(error, capability)), capability: capability)
        }
    }

    /// Why Graph did not take it and asking again does not help.
    private static func refusal(_ error: GraphError, _ capability: CommandCapability) -> String {
        switch capability {
        case .notGranted(let role):
            return "the application lacks the permission \(role) (403); grant it and give admin consent"
        case .metered: return "Microsoft wants billing set up for commands to devices (402)"
        case .retired:
            return "Microsoft has retired this call; use the Teams admin center"
        case .available, .transient: break
        }
        let said = error.message.isEmpty ? "" : ": \(BoundedText.clean(error.message, limit: BoundedText.sentence))"
        return switch error.reason {
        case .forbidden(let code):
            "Graph refuses it for this device although \(CommandCapability.role) is granted (\(words(403, code)))\(said)"
        case .notFound(let code): "Graph does not know this device any more (\(words(404, code)))"
        case .rejected(let status, let code): "Graph does not accept it (\(words(status, code)))\(said)"
        default: "it cannot be asked of this device"
        }
    }

    private static func words(_ status: Int, _ code: String) -> String {
        code.isEmpty ? "\(status)" : "\(status) \(code)"
    }
}

extension CommandCapability {
    /// What a failed request about one device says of commands altogether.
    init(_ error: GraphError, hasRole: Bool?) {
        switch DeviceRefusal(error, ofOneDevice: true) {
        case .notGranted:
            // The one status that is about the token and heals with it.
            if case .unauthorised = error.reason {
                self = .transient(FailureKind.word(error))
            } else {
                self = hasRole == true ? .available : .notGranted(role: Self.role)
            }
        case .metered: self = .metered
        case .retired: self = .retired
        case .unknownDevice: self = .available
        case .transient(let kind):
            // A refusal of this one request; the call answered as it should.
            switch error.reason {
            case .rejected, .invalidRequest, .conflict: self = .available
            default: self = .transient(kind)
            }
        }
    }
}
