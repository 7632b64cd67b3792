// What the guards are told of one room. They decide on these facts alone, so that every rule can be shown in a table.

public import Timekeeping

/// What is known of a room for which a command wants to leave.
public struct GuardFacts: Sendable, Hashable {
    public var action: DeviceAction
    public var isForced = false
    /// Whether the person is willing to wait for an idle room and for the hours of updates.
    public var isPatient = false
    /// Whether the command was taken before. What is not known now, a moment after a restart of the monitor perhaps, does
    /// not end it then; what contradicts does.
    public var isTaken = false
    public var hasDevice = true
    /// Why the device counts as off the air; `nil` when nothing says so.
    public var disconnection: String?
    /// What is not over in the room, in words.
    public var running: String?
    public var presence = IdleSign.unknown("presence is not known")
    public var activity = IdleSign.unknown("the device does not say what it does")
    public var calendar = IdleSign.unknown("the calendar is not known")
    /// When the meeting begins because of which ``calendar`` is busy; `nil` when it has begun.
    public var meetingBegins: Moment?
    /// The room went dark lately, and the record of its device may not have heard; in words.
    public var doubt: String?
    public var updateTime = UpdateTime.open("outside bookable hours")
    /// Why the budget has no place for it now; `nil` when it has.
    public var budget: BudgetRefusal?

    public init(action: DeviceAction) { self.action = action }

    /// What one source says of whether somebody needs the room.
    public enum IdleSign: Sendable, Hashable {
        case idle(String)
        /// Somebody does; until then, where that is known.
        case busy(String, until: Moment?)
        /// It says nothing; what is missing.
        case unknown(String)
    }

    /// Whether software may be updated now.
    public enum UpdateTime: Sendable, Hashable {
        case open(String)
        case closed(String)
    }

    /// Why the budget has no place.
    public struct BudgetRefusal: Sendable, Hashable {
        public var why: String
        public var nextPlace: Moment?

        public init(why: String, nextPlace: Moment?) {
            self.why = why
            self.nextPlace = nextPlace
        }
    }
}
