// Turns what a scenario says into entries of the agenda. Names were checked when the scenario was accepted, so an event
// that names nothing here does nothing.

extension Timeline {
    /// Puts an event on the agenda, counted from `from` after the start. The directory knows long before when a password
    /// ends, so that shows at once.
    mutating func plan(_ event: ScenarioEvent, from: Duration) {
        let at = from + event.at.duration
        agenda.add(.event(event), at: at)
        if event.kind == .passwordExpires, let room = event.room.flatMap(fleet.room(named:)) {
            accounts[fleet.rooms[room].account].passwordEnds = wall(at)
        }
    }

    /// Plays the beginning of one scenario event at the present instant.
    mutating func begin(_ event: ScenarioEvent) {
        let cause = nextCause()
        let room = event.room.flatMap(fleet.room(named:))
        let ends = event.lasts.map { elapsed + $0.duration }
        switch event.kind {
        case .roomOff, .roomSignedOut, .roomFlaps:
            if let room { beginLoss(event, room: room, cause: cause) }
        case .buildingDark:
            if let building = event.building.flatMap(fleet.building(named:)) {
                darken(building, event: event, cause: cause)
            }
        case .roomCall, .roomMeeting:
            guard let room else { return }
            setActivity(event.kind == .roomCall ? .call : .meeting, room: room)
            if let ends { agenda.add(.activityEnds(room: room, next: false), at: ends) }
        case .presenceUnknown:
            guard let room else { return }
            countUnknown(room: room)
            record("presence_unknown", room: room, cause: cause, kind: event.kind, visible: elapsed)
            if let ends { agenda.add(.unknownEnds(room: room, cause: cause), at: ends) }
        case .accountDisabled, .accountDeleted:
            guard let account = event.room.flatMap(fleet.account(named:)) ?? room.map({ fleet.rooms[$0].account })
            else {
                return
            }
            if event.kind == .accountDeleted {
                delete(account: account)
                record("account_deleted", account: account, cause: cause, kind: event.kind, visible: elapsed)
            } else {
                disable(account: account)
                beginTrying(account, cause: cause)
                record("account_disabled", account: account, cause: cause, kind: event.kind, visible: elapsed)
                if let ends { agenda.add(.enabled(account: account, cause: cause), at: ends) }
            }
        case .passwordExpires:
            if let room { expirePassword(ofRoom: room, event, cause: cause) }
        case .licenceRemoved:
            if let room { removeLicence(ofRoom: room, event, cause: cause) }
        case .consentRevoked:
            revocations[cause] = event.roles
            record(
                "consent_revoked", cause: cause, kind: event.kind, visible: elapsed,
                detail: event.roles?.joined(separator: " ") ?? "all")
            if let ends { agenda.add(.consentReturns(cause: cause), at: ends) }
        case .secretExpired:
            expiredSecrets.insert(cause)
            record("secret_expired", cause: cause, kind: event.kind, visible: elapsed)
            if let ends { agenda.add(.secretRenewed(cause: cause), at: ends) }
        case .peripheralFault, .loginLost, .hardwareFault, .updateAvailable, .userChanged, .healthUnreadable:
            beginFacet(event, cause: cause)
        case .deviceOff: switchOff(event, cause: cause)
        case .operationFault, .operationStarted, .operationCancelled: beginOperationEvent(event, cause: cause)
        case .roomBooked:
            if let room { book(room, event, cause: cause) }
        case .calendarError:
            guard let room else { return }
            breakCalendar(of: room, code: event.code ?? "ErrorMailRecipientNotFound", cause: cause)
            if let ends { agenda.add(.calendarReturns(room: room, cause: cause), at: ends) }
        case .serviceIssue:
            post(event, cause: cause)
            if let ends { agenda.add(.issueResolved(cause: cause), at: ends) }
        case .graphFault:
            guard let fault = event.fault else { return }
            faults.append(ActiveFault(cause: cause, fault: fault, began: elapsed, until: ends))
            record(
                "graph_fault_begin", cause: cause, kind: event.kind, visible: elapsed,
                detail: "\(fault.service.rawValue) \(fault.kind.rawValue)")
            if let ends { agenda.add(.faultEnds(cause), at: ends) }
        case .deviceAPI, .deviceCommands: switchDeviceAPI(event, cause: cause)
        }
    }

    /// Takes the power from single devices; the presence of a room goes only with the last that kept it online.
    private mutating func switchOff(_ event: ScenarioEvent, cause: Int) {
        for device in event.devices(in: fleet, cause: cause) {
            begin(
                Outage(
                    cause: cause, causeKind: event.kind.rawValue, room: fleet.room(of: device), devices: [device],
                    takesPresence: false, began: elapsed, ends: event.lasts.map { elapsed + $0.duration },
                    sessionTimeout: event.sessionTimeout?.duration, deviceDelay: event.deviceDelay?.duration))
        }
    }

    private mutating func beginLoss(_ event: ScenarioEvent, room: Int, cause: Int) {
        let place = fleet.rooms[room]
        let signedOut = event.kind == .roomSignedOut
        func loss(from: Duration, until: Duration?) -> Outage {
            Outage(
                cause: cause, causeKind: event.kind.rawValue, room: room, devices: signedOut ? [] : [place.mainDevice],
                takesPresence: signedOut || !place.isWeak, began: from, ends: until,
                sessionTimeout: signedOut ? .zero : event.sessionTimeout?.duration,
                deviceDelay: event.deviceDelay?.duration)
        }
        guard event.kind == .roomFlaps else {
            agenda.add(
                .outageBegins(loss(from: elapsed, until: event.lasts.map { elapsed + $0.duration })), at: elapsed)
            return
        }
        let down = event.down?.duration ?? .seconds(60)
        let period = down + (event.up?.duration ?? .seconds(240))
        for round in 0..<min(max(1, event.count ?? 4), Self.maximumFlaps) {
            var outage = loss(from: elapsed + period * round, until: elapsed + period * round + down)
            // A flapping room must be seen flapping, so its sessions end at once unless the scenario says otherwise.
            outage.sessionTimeout = event.sessionTimeout?.duration ?? .zero
            agenda.add(.outageBegins(outage), at: outage.began)
        }
    }

    /// No scenario needs a room to fall more often in one event.
    private static var maximumFlaps: Int { 1000 }

    private mutating func darken(_ building: Int, event: ScenarioEvent, cause: Int) {
        record("building_dark", building: building, cause: cause, kind: event.kind, expected: .incident)
        let spread = event.spread?.duration ?? .seconds(120)
        for (index, room) in fleet.rooms.enumerated() where room.building == building {
            var draws = SeededDraws(seed: fleet.seed, purpose: .outage, index: index, round: -cause)
            let began = elapsed + draws.duration(.zero, spread)
            let outage = Outage(
                cause: cause, causeKind: event.kind.rawValue, room: index,
                devices: [room.mainDevice] + (room.panel.map { [$0] } ?? []), takesPresence: true, began: began,
                ends: event.lasts.map { elapsed + $0.duration }, sessionTimeout: event.sessionTimeout?.duration,
                deviceDelay: event.deviceDelay?.duration)
            agenda.add(.outageBegins(outage), at: began)
        }
    }
}

extension GraphFault {
    /// Whether no usable presence gets through while it lasts.
    var hidesPresence: Bool {
        guard service == .all || service == .presence || service == .login, every == 1 else { return false }
        switch kind {
        // A token already issued outlives trouble at the login service.
        case _ where service == .login: return false
        case .status, .html, .truncated, .hang, .reset, .nulls, .unknownEnums, .emptyBody: return true
        case .nextLinkLoop, .nextLinkForeign, .slow, .missingResponses, .stale: return false
        }
    }
}
