// What survives a restart of a device: who it is, whose it is, since when an update waits, and which problems were told.

public import struct Foundation.Date
import Timekeeping

/// One device as it is stored.
public struct StoredDevice: Sendable, Hashable {
    public var tenant: TenantName
    public var id: String
    public var firstListed: Date
    /// Of a device that is still listed, when its row last changed.
    public var lastListed: Date
    public var detail: Detail

    public init(tenant: TenantName, id: String, firstListed: Date, lastListed: Date, detail: Detail) {
        self.tenant = tenant
        self.id = id
        self.firstListed = firstListed
        self.lastListed = lastListed
        self.detail = detail
    }

    /// The part of the row that is kept as one text. Passwords and locks have no field here.
    public struct Detail: Sendable, Hashable, Codable {
        var device: RoomDevice
        var account: AccountID?
        var isSignedIn: Bool?
        var healthWord: String?
        var activity: DeviceActivity
        var serialNumber: String?
        var assetTag: String?
        var absences: Int
        var report: DeviceHealthReport?
        var parts: [Part]
        var offers: [Offer]
        var home: AccountID?
        var stay: DeviceEntry.Stay?
    }

    struct Part: Sendable, Hashable, Codable {
        var problem: DeviceProblem
        var state: StateRecord
        var sentence: String
        var since: Date?
        var voice: DeviceVoice
    }

    struct Offer: Sendable, Hashable, Codable {
        var kind: SoftwareKind
        var offer: SoftwareOffer
    }

    init(_ entry: DeviceEntry, of tenant: TenantName) {
        let record = entry.record
        self.init(
            tenant: tenant, id: entry.id, firstListed: entry.firstListed, lastListed: entry.lastListed.wall,
            detail: Detail(
                device: record.device, account: record.account, isSignedIn: record.isSignedIn,
                healthWord: record.healthWord, activity: record.activity, serialNumber: record.serialNumber,
                assetTag: record.assetTag, absences: entry.absences, report: entry.report,
                parts: entry.parts.filter(\.value.state.phase.isWrong).sorted { $0.key < $1.key }.map { problem, part in
                    Part(
                        problem: problem, state: StateRecord(part.state), sentence: part.sentence, since: part.since,
                        voice: part.voice)
                },
                offers: entry.offers.sorted { $0.key.rawValue < $1.key.rawValue }.map { Offer(kind: $0, offer: $1) },
                home: entry.home, stay: entry.stay))
    }

    /// The device as it was remembered. Its health counts as unknown until it is read again.
    func entry(at now: Moment) -> DeviceEntry {
        let record = DeviceRecord(
            device: detail.device, account: detail.account, isSignedIn: detail.isSignedIn,
            reading: DeviceReading(
                health: .unknown(.missing), asked: Moment(restoring: lastListed, at: now)),
            healthWord: detail.healthWord, activity: detail.activity, serialNumber: detail.serialNumber,
            assetTag: detail.assetTag)
        var entry = DeviceEntry(
            record: record, firstListed: firstListed, lastListed: Moment(restoring: lastListed, at: now))
        entry.absences = detail.absences
        entry.report = detail.report
        entry.home = detail.home
        entry.stay = detail.stay
        for offer in detail.offers { entry.offers[offer.kind] = offer.offer }
        for part in detail.parts {
            guard let state = part.state.state(at: now), state.phase.isWrong else { continue }
            entry.parts[part.problem] = DevicePart(
                state: state, sentence: part.sentence, since: part.since, voice: part.voice)
        }
        return entry
    }
}

/// What the device tables gain in one transaction.
public struct DeviceChange: Sendable, Hashable {
    /// Devices as they are now; each replaces its earlier row.
    public var rows: [StoredDevice] = []
    /// Devices that are gone; what they said stays in the history.
    public var removed: [Removal] = []
    /// Stretches of their histories that begin; each ends the one before.
    public var begun: [DeviceRun] = []

    public struct Removal: Sendable, Hashable {
        public var tenant: TenantName
        public var device: String

        public init(tenant: TenantName, device: String) {
            self.tenant = tenant
            self.device = device
        }
    }

    public init() {}

    public var isEmpty: Bool { rows.isEmpty && removed.isEmpty && begun.isEmpty }
}

/// The beginning of a stretch in which a device's records said the same.
public struct DeviceRun: Sendable, Hashable {
    public var tenant: TenantName
    /// In lower case.
    public var device: String
    /// `healthy`, or what is wrong: `offline`, `peripheral: microphone`; `nil` when the device left the list.
    public var reading: String?
    public var first: Date
    /// When the stretch before was last heard.
    public var lastBefore: Date?

    public init(tenant: TenantName, device: String, reading: String?, first: Date, lastBefore: Date?) {
        self.tenant = tenant
        self.device = device
        self.reading = reading
        self.first = first
        self.lastBefore = lastBefore
    }
}
