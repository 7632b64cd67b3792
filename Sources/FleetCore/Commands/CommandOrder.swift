// What somebody asks for, before anything is decided about it, and why it is not taken at all.

import Timekeeping

/// A request for a command, as the asker is known to be.
public struct CommandOrder: Sendable, Hashable {
    public var action: DeviceAction
    /// The rooms meant by id; with ``matchers`` only those of them that match.
    public var rooms: Set<AccountID>
    /// The rooms meant by label. Without any, the rooms of ``rooms``.
    public var matchers: Matchers?
    /// The name of the token or of the unix user, and its role.
    public var author: String
    public var role: String
    /// Whether that role may override the guards.
    public var mayForce: Bool
    public var isForced: Bool
    public var reason: String?
    /// The rooms in the asker's own words.
    public var selection: String
    /// For how long operations may wait for the guards. Without it they wait for the budget alone.
    public var wait: Duration?

    public init(
        action: DeviceAction, rooms: Set<AccountID> = [], matchers: Matchers? = nil, author: String, role: String,
        mayForce: Bool = false, isForced: Bool = false, reason: String? = nil, selection: String = "",
        wait: Duration? = nil
    ) {
        self.action = action
        self.rooms = rooms
        self.matchers = matchers
        self.author = author
        self.role = role
        self.mayForce = mayForce
        self.isForced = isForced
        self.reason = reason
        self.selection = selection
        self.wait = wait
    }
}

/// Why an order is not taken: nothing of it was written and nothing was sent. The text goes to the person who asked.
public enum CommandProblem: Error, Sendable, Hashable, CustomStringConvertible {
    /// Commands are not possible in this tenant; why.
    case commandsOff(String)
    case nothingSelected
    case nothingMatches(String)
    /// Labels that say nothing about a room by itself.
    case labelOfTroubles(Label)
    case unknownRooms([AccountID])
    case tooManyRooms(Int)
    /// So many operations or commands are open already.
    case tooManyOpen(Int)
    case forceNeedsReason
    case forceNeedsAdmin(role: String)
    case reasonTooLong
    case waitTooLong
    /// Not one of the rooms may be asked; each with its reason.
    case refused([PlannedRoom])

    public var description: String {
        switch self {
        case .commandsOff(let why): why
        case .nothingSelected:
            "the command names no rooms; name some, or select them by label such as building=\"B2\""
        case .nothingMatches(let selection): "no watched room matches \(selection); look at the list of rooms"
        case .labelOfTroubles(let label):
            "\(label.rawValue) is a label of troubles and says nothing of a room; use state, building, floor, room, model or kind"
        case .unknownRooms(let rooms):
            "\(Self.list(rooms.map(\.text))) \(rooms.count == 1 ? "is no watched room" : "are no watched rooms"); look at the "
                + "list of rooms"
        case .tooManyRooms(let count):
            "the command reaches \(count) rooms, more than the \(CommandRules.mostRooms) that one may; select fewer and "
                + "give several commands"
        case .tooManyOpen(let count): "\(count) operations are remembered already; wait until earlier commands are over"
        case .forceNeedsReason: "forcing a command needs a reason; the next person on call reads it"
        case .forceNeedsAdmin(let role):
            "the role \(role) must not override the guards; ask somebody with the role admin, or leave force out"
        case .reasonTooLong: "the reason is longer than \(CommandRules.maximumReasonLength) characters; shorten it"
        case .waitTooLong:
            "the wait is longer than \(Int(CommandRules.longestWait.seconds / 86_400)) days; give a shorter one"
        case .refused(let rooms):
            Self.list(rooms.map { "\($0.room.placedName): \($0.verdict.because.joined(separator: ", "))" }, by: "; ")
        }
    }

    /// The first few of a list, and how many more there are.
    private static func list(_ texts: [String], by separator: String = ", ") -> String {
        let named = texts.prefix(5).joined(separator: separator)
        return texts.count > 5 ? "\(named)\(separator)and \(texts.count - 5) more" : named
    }
}
