// What one read of a device's records means, part by part. Everything that is missing, unknown or optional is no fault:
// a record that says nothing proves nothing (Detection, Devices).

public import struct Foundation.Date

/// What one read says of one problem.
public struct DeviceSign: Sendable, Hashable {
    public var problem: DeviceProblem
    public var signal: Signal
    /// What is wrong, for people; empty unless it is.
    public var sentence: String
    /// Since when, where Graph says so.
    public var since: Date?

    public init(_ problem: DeviceProblem, _ signal: Signal, sentence: String = "", since: Date? = nil) {
        self.problem = problem
        self.signal = signal
        self.sentence = sentence
        self.since = since
    }
}

/// From records to signs.
public enum DeviceJudgement {
    /// What a record of the list says by itself: whether the device is off the air.
    public static func sign(of record: DeviceReading) -> DeviceSign {
        offline(record.signal, since: nil)
    }

    /// What a health record says.
    ///
    /// - Parameter isOffline: whether the device's record says that it is off the air; it counts where the health record
    ///   does not mention its own connection.
    /// - Returns: of a device that is off the air that alone: what it said of its parts before is no news of them.
    public static func signs(of report: DeviceHealthReport, isOffline: Bool = false) -> [DeviceSign] {
        var signs: [DeviceSign] = []
        if let connection = report.connection, connection.state != .unknown {
            let isAway = connection.state == .disconnected
            signs.append(offline(isAway ? .bad : .good, since: isAway ? connection.since : nil))
            if isAway { return signs }
        } else if isOffline {
            return signs
        }
        signs += peripherals(of: report)
        for (service, link) in report.logins {
            signs.append(sign(.login(service), link, sentence: sentence(of: service)))
        }
        for (part, link) in report.hardware {
            signs.append(sign(.hardware(part), link, sentence: sentence(of: part)))
        }
        return signs.sorted { $0.problem < $1.problem }
    }

    /// Who is signed in, against whom the device belongs to.
    ///
    /// - Parameters:
    ///   - home: the room that the device belongs to; `nil` while that is not known, and then nothing is said.
    ///   - room: the room of an account, where it is one.
    /// - Returns: a record without a user says nothing: Graph leaves the field out at will, and whether the device is signed
    ///   in is what its health says (`device.login`).
    public static func sign(
        ofUserIn record: DeviceRecord, home: AccountID?, room: (AccountID) -> Room?
    ) -> DeviceSign? {
        guard let home, record.device.kind.isMain else { return nil }
        switch record.account {
        case home: return DeviceSign(.unexpectedUser, .good)
        case nil where record.isSignedIn == true:
            return DeviceSign(
                .unexpectedUser, .bad, sentence: "somebody who is no account of the directory is signed in on it")
        case nil: return DeviceSign(.unexpectedUser, .unknown)
        case let account?:
            let who = room(account).map { "the account of \($0.name) is signed in on it" }
            return DeviceSign(
                .unexpectedUser, .bad, sentence: who ?? "an account that is no room's is signed in on it (\(account))")
        }
    }

    private static func offline(_ signal: Signal, since: Date?) -> DeviceSign {
        DeviceSign(.offline, signal, sentence: signal == .bad ? "it is offline" : "", since: since)
    }

    private static func sign(
        _ problem: DeviceProblem, _ link: DeviceHealthReport.Link, sentence: String
    ) -> DeviceSign {
        switch link.state {
        case .connected: DeviceSign(problem, .good)
        case .disconnected: DeviceSign(problem, .bad, sentence: sentence, since: link.since)
        case .unknown: DeviceSign(problem, .unknown)
        }
    }

    private static func peripherals(of report: DeviceHealthReport) -> [DeviceSign] {
        Dictionary(grouping: report.peripherals, by: \.kind).map { kind, all in
            let problem = DeviceProblem.peripheral(kind)
            // Only what Graph calls required is missed; what it does not call anything may be either.
            let lost = all.filter { $0.isOptional == false && $0.link.state == .disconnected }
            if !lost.isEmpty {
                let what =
                    all.count == 1
                    ? "the \(kind.name) is"
                    : "\(lost.count) of \(all.count) \(kind.name)s \(lost.count == 1 ? "is" : "are")"
                let named = lost.compactMap(\.name).first.map { " (\($0))" } ?? ""
                return DeviceSign(
                    problem, .bad, sentence: "\(what) not connected\(named)", since: lost.compactMap(\.link.since).min()
                )
            }
            let isCertain = all.allSatisfy { $0.link.state == .connected || $0.isOptional == true }
            return DeviceSign(problem, isCertain ? .good : .unknown)
        }
    }

    private static func sentence(of service: LoginService) -> String {
        switch service {
        case .teams: "it is not signed in to Teams"
        case .exchange: "it is not connected to Exchange, so it does not show its calendar"
        }
    }

    private static func sentence(of part: HardwarePart) -> String {
        switch part {
        case .compute: "its compute module is not connected"
        case .hdmiIngest: "its HDMI input is not connected"
        }
    }
}
