// Time in the tenant. Everything that will happen stands in one agenda; advancing plays it up to a moment and changes the
// boards that answers are read from. No clock: whoever asks says what time it is.

import struct Foundation.Date
import Timekeeping

/// The tenant's states and the agenda that changes them.
struct Timeline: Sendable {
    enum Entry: Sendable {
        case event(ScenarioEvent)
        case outageBegins(Outage)
        case presenceDue(Int), devicesDue(Int), outageEnds(Int), devicesReturn(Int)
        case activityBegins(room: Int), activityEnds(room: Int, next: Bool)
        case unknownEnds(room: Int, cause: Int), enabled(account: Int, cause: Int)
        case operation(DeviceOperation.Step, device: Int, GUID)
        case facetEnds(DeviceFacet, devices: [Int])
        case deviceAPIReturns(cause: Int, isCommands: Bool, to: DeviceAPIState)
        case faultEnds(Int), operationFaultEnds(Int)
        case calendarReturns(room: Int, cause: Int)
        case issueResolved(cause: Int)
        case passwordSet(account: Int, cause: Int)
        case licenceReturns(account: Int, cause: Int)
        case signInTried(account: Int, cause: Int)
        case consentReturns(cause: Int), secretRenewed(cause: Int)
    }

    /// A fault of Graph that is in force.
    struct ActiveFault: Sendable {
        let cause: Int
        let fault: GraphFault
        let began: Duration
        let until: Duration?
        var hits = 0
    }

    let fleet: Fleet
    let start: Moment
    let hold: Duration
    /// Whether devices can be read, and whether commands are taken.
    var deviceAPI: DeviceAPIState
    var deviceCommands: DeviceAPIState
    private(set) var elapsed: Duration = .zero
    var agenda = Agenda<Entry>()
    private(set) var presence: PresenceBoard
    var rooms: [RoomState]
    var accounts: [AccountState]
    var devices: [DeviceState]
    var operations = OperationBook()
    let operationTimes: Scenario.Operations
    var operationFaults: [ActiveOperationFault] = []
    var outages: [Int: Outage] = [:]
    var faults: [ActiveFault] = []
    /// Bookings that a scenario made, by room, beside those of the ``Diary``.
    var booked: [Int: [DiaryEntry]] = [:]
    /// Rooms whose calendar cannot be read, with the code that says so.
    var calendarErrors: [Int: String] = [:]
    /// What Microsoft has posted about its services.
    var issues: [PostedIssue] = []
    /// Sign-ins of accounts, oldest first.
    var signIns: [SignInEntry] = []
    /// Roles that an administrator took back, by cause; `nil` is all of them.
    var revocations: [Int: [String]?] = [:]
    /// Causes for which the secret has expired.
    var expiredSecrets: Set<Int> = []
    private(set) var records: [GroundTruthRecord] = []
    private var causes = 0
    var outageCount = 0

    /// Ground truth that nobody has collected is dropped beyond this many records, oldest first.
    static let maximumRecords = 100_000
    /// Between hold and hold plus this, an outage may or may not be seen often enough: it depends on the sweep's phase.
    static let sweepSlack = Duration.seconds(7)

    init(fleet: Fleet, scenario: Scenario, start: Moment) {
        self.fleet = fleet
        self.start = start
        hold = scenario.detectionHold.duration
        deviceAPI = DeviceAPIState(mode: scenario.devices, retiredStatus: scenario.retiredStatus)
        deviceCommands = DeviceAPIState(mode: scenario.deviceCommands, retiredStatus: scenario.retiredStatus)
        operationTimes = scenario.operations
        rooms = Array(repeating: RoomState(), count: fleet.rooms.count)
        accounts = Array(repeating: AccountState(), count: fleet.accounts.count)
        // Records were last touched at some minute of the night before; nothing hangs on which.
        let before = start.wall.addingTimeInterval(-3600)
        devices = Array(
            repeating: DeviceState(lastModified: before, connectionSince: before), count: fleet.devices.count)
        presence = PresenceBoard(
            ids: fleet.accounts.map(\.idText),
            words: fleet.accounts.map {
                switch $0.kind {
                case .room, .phone: .available
                case .person: .away
                case .mailboxOnly: .unknown
                }
            })
        for event in scenario.events { plan(event, from: .zero) }
        for event in scenario.generated(seed: fleet.seed, rooms: fleet.rooms.count) {
            agenda.add(.event(event), at: event.at.duration)
        }
        if scenario.calls {
            for room in fleet.rooms.indices { scheduleActivity(room, after: .zero) }
        }
    }

    /// UTC at `elapsed` time after the start.
    func wall(_ elapsed: Duration) -> Date { start.wall.addingTimeInterval(elapsed.seconds) }

    /// Hands over the ground truth written since the last call.
    mutating func takeRecords() -> [GroundTruthRecord] {
        defer { records.removeAll() }
        return records
    }

    /// Plays everything due by `now`.
    mutating func advance(to now: Duration) {
        while let (at, entry) = agenda.takeDue(by: now) {
            elapsed = max(elapsed, at)
            play(entry)
        }
        elapsed = max(elapsed, now)
    }

    private mutating func play(_ entry: Entry) {
        switch entry {
        case .event(let event): begin(event)
        case .outageBegins(let outage): begin(outage)
        case .presenceDue(let id): showLoss(id)
        case .devicesDue(let id): showDevices(id)
        case .outageEnds(let id): end(id)
        case .devicesReturn(let id): returnDevices(id)
        case .activityBegins(let room): beginActivity(room)
        case .activityEnds(let room, let next):
            rooms[room].activity = .idle
            refresh(room)
            if next { scheduleActivity(room, after: elapsed) }
        case .unknownEnds(let room, let cause):
            rooms[room].unknown -= 1
            refresh(room)
            record("presence_known", room: room, cause: cause, kind: .presenceUnknown)
        case .enabled(let account, let cause):
            accounts[account].disabled -= 1
            refresh(account: account)
            note(signInOf: account, code: 0)
            record("account_enabled", account: account, cause: cause, kind: .accountDisabled)
        case .operation(let step, let device, let id): play(step, device: device, id: id)
        case .facetEnds(let facet, let devices): mend(facet, of: devices)
        case .deviceAPIReturns(let cause, let isCommands, let state):
            returnDeviceAPI(to: state, isCommands: isCommands, cause: cause)
        case .operationFaultEnds(let cause):
            operationFaults.removeAll { $0.cause == cause }
            record("operation_fault_end", cause: cause, kind: .operationFault)
        case .calendarReturns(let room, let cause): mendCalendar(of: room, cause: cause)
        case .issueResolved(let cause): resolveIssue(ofCause: cause)
        case .passwordSet(let account, let cause): setPassword(of: account, cause: cause)
        case .licenceReturns(let account, let cause): returnLicence(to: account, cause: cause)
        case .signInTried(let account, let cause): trySignIn(account, cause: cause)
        case .consentReturns(let cause):
            guard revocations.removeValue(forKey: cause) != nil else { return }
            record("consent_granted", cause: cause, kind: .consentRevoked, visible: elapsed)
        case .secretRenewed(let cause):
            expiredSecrets.remove(cause)
            record("secret_renewed", cause: cause, kind: .secretExpired, visible: elapsed)
        case .faultEnds(let cause):
            faults.removeAll { $0.cause == cause }
            record("graph_fault_end", cause: cause, kind: .graphFault)
        }
    }

    mutating func nextCause() -> Int {
        causes += 1
        return causes
    }
}

// MARK: Faces of a room

extension Timeline {
    /// Recomputes what the room's account shows.
    mutating func refresh(_ room: Int) {
        let state = rooms[room]
        let account = fleet.rooms[room].account
        let words: PresenceBoard.Words
        if accounts[account].deleted || accounts[account].disabled > 0 || state.unknown > 0 {
            words = .unknown
        } else if state.lostSessions > 0 || isTakenOver(room) {
            words = .offline
        } else {
            words =
                switch state.activity {
                case .idle: .available
                case .call: .call
                case .meeting: .meeting
                case .presenting: .presenting
                }
        }
        _ = presence.show(words, account: account)
    }

    mutating func refresh(account: Int) {
        if case .room(let room) = fleet.accounts[account].kind {
            refresh(room)
        } else if accounts[account].deleted || accounts[account].disabled > 0 {
            _ = presence.show(.unknown, account: account)
        }
    }

    mutating func touch(_ device: Int) {
        devices[device].lastModified = wall(elapsed)
    }

    mutating func setActivity(_ activity: RoomActivity, room: Int) {
        rooms[room].activity = activity
        refresh(room)
    }

    mutating func countUnknown(room: Int) {
        rooms[room].unknown += 1
        refresh(room)
    }

    mutating func disable(account: Int) {
        accounts[account].disabled += 1
        refresh(account: account)
    }

    mutating func delete(account: Int) {
        accounts[account].deleted = true
        refresh(account: account)
    }
}

// MARK: Ground truth

extension Timeline {
    mutating func record(
        _ event: String, room: Int? = nil, account: Int? = nil, building: Int? = nil, cause: Int,
        kind: ScenarioEvent.Kind, at: Duration? = nil, visible: Duration? = nil,
        expected: GroundTruthRecord.Expectation = .none, detail: String? = nil
    ) {
        record(
            event, room: room, account: account, building: building, cause: cause, causeKind: kind.rawValue, at: at,
            visible: visible, expected: expected, detail: detail)
    }

    /// - Parameter causeKind: the scenario event or the command behind it.
    mutating func record(
        _ event: String, room: Int? = nil, account: Int? = nil, building: Int? = nil, cause: Int,
        causeKind: String, at: Duration? = nil, visible: Duration? = nil,
        expected: GroundTruthRecord.Expectation = .none, detail: String? = nil
    ) {
        let place = room.map { fleet.rooms[$0] }
        if records.count >= Self.maximumRecords { records.removeFirst(Self.maximumRecords / 10) }
        records.append(
            GroundTruthRecord(
                at: wall(at ?? elapsed), event: event, visibleAt: visible.map(wall),
                account: (account ?? place?.account).map { fleet.accounts[$0].idText }, room: place?.name,
                building: (building ?? place?.building).map { fleet.buildings[$0].name }, cause: cause,
                causeKind: causeKind, expected: expected, detail: detail))
    }
}

// MARK: Background activity

extension Timeline {
    private mutating func scheduleActivity(_ room: Int, after: Duration) {
        let round = rooms[room].round
        rooms[room].round += 1
        var draws = SeededDraws(seed: fleet.seed, purpose: .activity, index: room, round: round)
        // The first call comes early, so that a short rehearsal sees rooms in use.
        let pause =
            round == 0 ? draws.duration(.seconds(1), .seconds(1800)) : draws.duration(.seconds(300), .seconds(3600))
        agenda.add(.activityBegins(room: room), at: after + pause)
    }

    private mutating func beginActivity(_ room: Int) {
        var draws = SeededDraws(seed: fleet.seed, purpose: .session, index: room, round: rooms[room].round)
        if !Timestamps.isWeekend(wall(elapsed)) {
            setActivity([.call, .call, .meeting, .presenting][draws.pick(0...3)], room: room)
        }
        agenda.add(
            .activityEnds(room: room, next: true), at: elapsed + draws.duration(.seconds(600), .seconds(3600)))
    }
}
