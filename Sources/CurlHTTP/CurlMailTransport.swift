// Mail over the loop that carries the HTTP exchanges: libcurl speaks SMTP too, and a second thread for a mail now and
// then would be one more thing to stop in order.

public import MailExchange

/// libcurl behind ``MailTransport``. TLS is required where it is asked for, certificates are always verified, and
/// neither a proxy nor the environment is used.
public struct CurlMailTransport: MailTransport {
    private let shared: CurlTransport

    /// - Parameter transport: whose thread, bounds and certificate authorities are used.
    public init(sharing transport: CurlTransport) { shared = transport }

    public func send(_ mail: MailCall) async throws(MailTransportError) -> MailReceipt {
        let checked = try CheckedMail(mail, configuration: shared.configuration)
        let result = await shared.carry(within: mail.limits.total) { deadline, continuation in
            MailPlan(mail: checked, deadline: deadline, continuation: continuation)
        }
        return try result.get()
    }
}
