// What can happen to a fleet, as values: a story is a list of them, can be printed, and still makes sense when some of
// its parts are taken away. That is what shrinking needs.

import FleetCore

/// One thing that happens; times are in seconds after the one before.
enum Happening: Hashable, CustomStringConvertible {
    enum Word: UInt8, Hashable { case good, inUse, bad, saidUnknown, missing, failed, unasked }
    enum Arrival: UInt8, Hashable {
        case atOnce
        /// After three more things have happened.
        case late
        case twice
    }

    enum Quiet: UInt8, Hashable, CaseIterable { case silence, window, expectedAbsence }

    case wait(Double)
    /// A page that asks the rooms of a lane; the words are by room number, whether or not the lane asks it.
    case page(TenantFleet.Lane, [Word], Arrival)
    case endOfSweep(SweepOutcome)
    case tick
    /// A refresh with the rooms present (by number), those that are weak, and those that the operator excludes.
    case inventory(present: [Bool], weak: [Bool], excluded: [Bool])
    case device(room: Int, isOffline: Bool?)
    /// A calendar read: the room is booked from so many seconds from now, for half an hour.
    case booking(room: Int, after: Double)
    /// Somebody silences a building, or plans a window for it, for so many seconds.
    case quiet(Quiet, building: String, for: Double)
    /// Somebody works on whatever is open about a room.
    case acknowledgement(room: Int)
    /// The daemon ends and begins again after so many seconds.
    case restart(Double)

    var description: String {
        switch self {
        case .wait(let seconds): ".wait(\(seconds))"
        case .page(let lane, let words, let arrival):
            ".page(.\(lane), [\(words.map { ".\($0)" }.joined(separator: ", "))], .\(arrival))"
        case .endOfSweep(let outcome): ".endOfSweep(.\(outcome))"
        case .tick: ".tick"
        case .inventory(let present, let weak, let excluded):
            ".inventory(present: \(present), weak: \(weak), excluded: \(excluded))"
        case .device(let room, let isOffline):
            ".device(room: \(room), isOffline: \(isOffline.map { "\($0)" } ?? "nil"))"
        case .booking(let room, let after): ".booking(room: \(room), after: \(after))"
        case .quiet(let quiet, let building, let seconds):
            ".quiet(.\(quiet), building: \"\(building)\", for: \(seconds))"
        case .acknowledgement(let room): ".acknowledgement(room: \(room))"
        case .restart(let seconds): ".restart(\(seconds))"
        }
    }
}

extension Happening {
    static let rooms = 12

    /// Where the rooms are: five on two floors, four on one, two in a hut, one nowhere.
    static func home(_ room: Int) -> (building: String, floor: String?)? {
        switch room {
        case 0...4: ("A", room < 2 ? "1" : "2")
        case 5...8: ("B", "1")
        case 9...10: ("Hut", nil)
        default: nil
        }
    }

    /// A story of so many happenings. Rooms have weather of their own (up, down, silent) that changes seldom, and the
    /// tenant goes dark at times, so that outages last long enough to mean something.
    static func story(length: Int, seed: UInt64) -> [Happening] {
        var random = SeededGenerator(seed: seed)
        var weather = [Word](repeating: .good, count: rooms)
        var deviceIsDown = [Bool](repeating: false, count: rooms)
        var present = [Bool](repeating: true, count: rooms)
        var weak = (0..<rooms).map { $0 < 3 }
        var excluded = [Bool](repeating: false, count: rooms)
        var isDark = false
        var story: [Happening] = [.inventory(present: present, weak: weak, excluded: excluded)]
        func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }

        while story.count < length {
            if chance(12) {
                let room = Int.random(in: 0..<rooms, using: &random)
                let kinds: [Word] = [.good, .good, .inUse, .bad, .bad, .saidUnknown, .missing]
                weather[room] = kinds.randomElement(using: &random) ?? .good
            }
            if chance(5), let home = home(Int.random(in: 0..<rooms, using: &random)) {
                // The power of a building goes and comes.
                let word: Word = chance(60) ? .bad : .good
                for room in weather.indices where Self.home(room)?.building == home.building && chance(85) {
                    weather[room] = word
                }
            }
            if chance(isDark ? 15 : 2) { isDark.toggle() }
            switch Int.random(in: 0..<106, using: &random) {
            case 100..<102:
                story.append(
                    .booking(
                        room: Int.random(in: 0..<rooms, using: &random),
                        after: [-60, 300, 1200].randomElement(using: &random) ?? 0))
            case 102..<104:
                story.append(
                    .quiet(
                        Quiet.allCases.randomElement(using: &random) ?? .silence,
                        building: ["A", "B", "Hut"].randomElement(using: &random) ?? "A",
                        for: [30.5, 300, 1800].randomElement(using: &random) ?? 60))
            case 104..<106:
                story.append(.acknowledgement(room: Int.random(in: 0..<rooms, using: &random)))
            case 0..<30:
                let waits: [Double] = isDark ? [5, 30, 60, 130] : [0.5, 1, 5, 5, 5, 11, 15, 30, 125, 700]
                story.append(.wait(waits.randomElement(using: &random) ?? 1))
            case 30..<72:
                let isDarkPage = isDark ? chance(90) : chance(4)
                var words = weather
                for room in words.indices {
                    if isDarkPage { words[room] = .failed } else if chance(5) { words[room] = .saidUnknown }
                    if chance(3) { words[room] = weather[room] == .bad ? .good : .bad }
                    if chance(10) { words[room] = .unasked }
                }
                if isDarkPage { words = words.map { $0 == .unasked ? .unasked : .failed } }
                let arrival: Arrival = chance(8) ? .late : chance(6) ? .twice : .atOnce
                story.append(.page(chance(60) ? .steady : .suspect, words, arrival))
            case 72..<80:
                story.append(.endOfSweep(isDark ? .failed : chance(85) ? .complete : .partial))
            case 80..<90:
                story.append(.tick)
            case 90..<95:
                let room = Int.random(in: 0..<rooms, using: &random)
                if chance(25) { deviceIsDown[room].toggle() }
                story.append(.device(room: room, isOffline: chance(10) ? nil : deviceIsDown[room]))
            case 95..<98:
                let room = Int.random(in: 0..<rooms, using: &random)
                switch Int.random(in: 0..<6, using: &random) {
                case 0...2: present[room].toggle()
                case 3: weak[room].toggle()
                case 4: excluded[room].toggle()
                default: if chance(30) { present = present.map { _ in chance(50) } }
                }
                story.append(.inventory(present: present, weak: weak, excluded: excluded))
            default:
                story.append(.restart([2, 20, 110, 400].randomElement(using: &random) ?? 2))
            }
        }
        return story
    }
}
