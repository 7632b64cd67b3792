// Every number by which commands are held back or followed, in one place. They are chosen so that one mistaken command
// costs a few rooms and not the fleet.

/// When commands may leave, and how many (Commands, Guards).
public struct CommandRules: Sendable, Hashable {
    /// Requests to devices of one tenant in any hour.
    public var perHour = 120
    /// Rooms of one building that may be away at once because of us. Rooms without a building count as one.
    public var perBuilding = 3
    /// When software may be updated without being forced.
    public var updateIn = UpdateTimes.outsideHours
    public var following = FollowingRules()

    /// When software may be updated.
    public enum UpdateTimes: String, Sendable, Hashable, CaseIterable {
        /// Outside the bookable hours of the building, and inside its maintenance windows.
        case outsideHours = "outside_hours"
        /// Inside maintenance windows only.
        case windows
        /// Whenever the room is idle.
        case always
    }

    /// Rooms of one command at most; more are several commands, each of which somebody decides.
    public static let mostRooms = 1_000
    /// Operations that are remembered at once: those that are open, those of commands that are not over, and those that
    /// ended within the last hour.
    public static let mostOperations = 5_000
    /// Commands that are remembered at once.
    public static let mostCommands = 500
    /// How long operations wait for the budget where the person named no time.
    public static let budgetWait: Duration = .seconds(24 * 3600)
    /// The longest time that a person may name.
    public static let longestWait: Duration = .seconds(7 * 24 * 3600)
    /// What is over is remembered for so long: for the budget, and for the page of a room that falls afterwards.
    public static let remembered: Duration = .seconds(3600)
    /// A room that did not come back is told of with what was done to it, also by a daemon that starts so much later.
    public static let missingRemembered: Duration = .seconds(30 * 24 * 3600)
    /// The longest reason.
    public static let maximumReasonLength = 500

    public init() {}
}
