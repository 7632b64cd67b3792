// What people ask about devices and of them.

/// The part of ``Intents`` that is about devices.
public protocol DeviceIntents: Sendable {
    func devices(_ query: DevicesQuery, for asker: Asker) async throws(Refusal) -> DeviceList
    /// - Parameter id: Graph's id of the device, in whatever case.
    func device(_ id: String, for asker: Asker) async throws(Refusal) -> DeviceDetail

    /// What a command would do now; nothing is written and nothing is sent.
    func preview(_ command: CommandRequest, for asker: Asker) async throws(Refusal) -> CommandPreview
    /// Writes down what is asked; it is carried out from there on, whatever happens to the daemon.
    func request(_ command: CommandRequest, for asker: Asker) async throws(Refusal) -> CommandBody
    /// - Parameters:
    ///   - cursor: the `next_cursor` of the page before.
    func commands(cursor: String?, limit: Int, for asker: Asker) async throws(Refusal) -> CommandList
    func command(_ id: String, for asker: Asker) async throws(Refusal) -> CommandBody
    /// Takes back the operations that have not left; what has left cannot be taken back.
    func withdraw(command id: String, for asker: Asker) async throws(Refusal) -> CommandBody

    func operations(_ query: OperationsQuery, for asker: Asker) async throws(Refusal) -> OperationList
    func operation(_ id: String, for asker: Asker) async throws(Refusal) -> OperationDetail
}
