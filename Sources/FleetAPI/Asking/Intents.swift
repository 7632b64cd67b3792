// What people ask of a running monitor, as the listener sees it. Whoever implements it decides and writes; whoever
// serves it checks the role, and neither knows the other (Design, House).

/// Everything the API can ask for. A change is done with its audit row in one transaction, or refused whole.
///
/// The caller has checked the asker's role; the tenant is checked here, and what belongs to another one is not found.
public protocol Intents: DeviceIntents {
    func incidents(_ query: IncidentsQuery, for asker: Asker) async throws(Refusal) -> IncidentList.Content
    func incident(_ id: String, for asker: Asker) async throws(Refusal) -> IncidentDetail
    /// Acknowledges, or renews somebody's acknowledgement.
    func acknowledge(_ id: String, _ note: NoteRequest, for asker: Asker) async throws(Refusal) -> IncidentBody
    /// Closes by hand; the trouble stays quiet until it ends and begins again.
    func resolve(_ id: String, _ note: NoteRequest, for asker: Asker) async throws(Refusal) -> IncidentBody
    func comment(on id: String, _ comment: CommentRequest, for asker: Asker) async throws(Refusal) -> CommentBody

    func silences(for asker: Asker) async throws(Refusal) -> [SilenceBody]
    /// What a silence would match now; nothing is written.
    func preview(_ silence: SilenceRequest, for asker: Asker) async throws(Refusal) -> SilencePreview
    func create(_ silence: SilenceRequest, for asker: Asker) async throws(Refusal) -> SilenceBody
    func expireSilence(_ id: String, for asker: Asker) async throws(Refusal) -> SilenceBody

    /// Those planned for once, and the recurring ones of the configuration.
    func windows(for asker: Asker) async throws(Refusal) -> [WindowBody]
    func plan(_ window: WindowRequest, for asker: Asker) async throws(Refusal) -> WindowBody
    func cancelWindow(_ id: String, for asker: Asker) async throws(Refusal)

    /// - Parameter room: account id, mail address or a name that only one room has.
    func explain(room: String, for asker: Asker) async throws(Refusal) -> RoomExplanation

    func receivers(for asker: Asker) async throws(Refusal) -> [ReceiverBody]
    /// Sends a marked message through the outbox and waits for what becomes of it.
    func test(receiver: String, for asker: Asker) async throws(Refusal) -> ReceiverTestBody

    func fleet(for asker: Asker) async throws(Refusal) -> FleetBody
    func rooms(_ query: RoomsQuery, for asker: Asker) async throws(Refusal) -> RoomList
    /// - Parameter id: account id, mail address or a name that only one room has.
    func room(_ id: String, for asker: Asker) async throws(Refusal) -> RoomBody
    func capabilities(for asker: Asker) async throws(Refusal) -> [CapabilityBody]
    /// The newest notifications and what became of them.
    func deliveries(_ query: DeliveriesQuery, for asker: Asker) async throws(Refusal) -> [NotificationBody]
    /// - Parameter after: the `Last-Event-ID` of somebody who comes back.
    func listen(after: String?, for asker: Asker) async throws(Refusal) -> any EventSubscription

    /// Looks at everything that could keep Roomwatch from its work; takes some seconds at most.
    func doctor(for asker: Asker) async throws(Refusal) -> DoctorBody

    func audit(limit: Int, for asker: Asker) async throws(Refusal) -> [AuditBody]

    /// Copies the store as it is now, checked; one copy at a time.
    func backup(for asker: Asker) async throws(Refusal) -> any BackupStream
}

/// Which incidents are asked for; an empty list asks nothing.
public struct IncidentsQuery: Sendable, Hashable {
    public var tenant: String?
    public var condition: String?
    public var statuses: [String]
    public var severities: [String]
    /// The `next_cursor` of the page before.
    public var cursor: String?
    public var limit: Int

    public static let defaultLimit = 50
    public static let maximumLimit = 500

    public init(
        tenant: String? = nil, condition: String? = nil, statuses: [String] = [], severities: [String] = [],
        cursor: String? = nil, limit: Int = defaultLimit
    ) {
        self.tenant = tenant
        self.condition = condition
        self.statuses = statuses
        self.severities = severities
        self.cursor = cursor
        self.limit = limit
    }
}
