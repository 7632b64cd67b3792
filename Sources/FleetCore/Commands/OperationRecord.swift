// Operations as they are written down: every state before it is acted upon, and every step for whoever asks later what
// was done to a room and by whom.

public import struct Foundation.Date
public import Timekeeping

/// An operation as it survives a restart: wall time only.
public struct OperationRecord: Sendable, Hashable, Codable {
    public let id: UniqueID
    public let command: UniqueID
    public let tenant: TenantName
    public let room: AccountID
    public let device: String
    public let action: DeviceAction
    public var state: OperationState<Date>
    public var homecoming: Operation.Homecoming<Date>
    public var submittedAt: Date?
    public var graphID: String?
    public var excusedUntil: Date?

    public init(_ operation: Operation) {
        id = operation.id
        command = operation.command
        tenant = operation.tenant
        room = operation.room
        device = operation.device
        action = operation.action
        state = operation.state.mapped(\.wall)
        homecoming = operation.homecoming.mapped(\.wall)
        submittedAt = operation.submittedAt?.wall
        graphID = operation.graphID
        excusedUntil = operation.excusedUntil?.wall
    }

    /// The live operation. Moments to come keep their distance from now on the wall.
    ///
    /// A request that left in the future says that the wall clock was set back meanwhile: it left now, and whatever follows
    /// from it keeps its distance from that, so that no time-out grows by the step.
    public func operation(at now: Moment) -> Operation {
        let step = max(0, submittedAt?.timeIntervalSince(now.wall) ?? 0)
        func moment(_ stored: Date) -> Moment {
            let wall = stored.addingTimeInterval(-step)
            let ahead = wall.timeIntervalSince(now.wall)
            return ahead > 0 ? now.advanced(by: .seconds(ahead)) : Moment(restoring: wall, at: now)
        }
        return Operation(
            id: id, command: command, tenant: tenant, room: room, device: device, action: action,
            state: state.mapped(moment), homecoming: homecoming.mapped(moment), submittedAt: submittedAt.map(moment),
            graphID: graphID, excusedUntil: excusedUntil.map(moment))
    }
}

/// One step of an operation, for the trail that is kept of it.
public struct OperationStep: Sendable, Hashable {
    public var operation: UniqueID
    public var at: Date
    /// ``OperationState/word``, or that of the homecoming.
    public var word: String
    /// What a person should know beside the word.
    public var detail: String?

    public init(operation: UniqueID, at: Date, word: String, detail: String? = nil) {
        self.operation = operation
        self.at = at
        self.word = word
        self.detail = detail
    }
}

/// What a decision about commands writes.
public struct CommandChange: Sendable, Hashable {
    public var commands: [Command] = []
    /// Operations as they are now; each replaces what was stored of it.
    public var operations: [OperationRecord] = []
    public var steps: [OperationStep] = []

    public init() {}

    public var isEmpty: Bool { commands.isEmpty && operations.isEmpty && steps.isEmpty }
}
