// Mail over a loop of its own: libcurl speaks SMTP with the same handles as HTTP, but some of its farewells are not
// divided into steps, and a mail server that dawdles must never hold up a sweep.

public import MailExchange
public import Timekeeping

/// libcurl behind ``MailTransport``. TLS is required where it is asked for, certificates are always verified, and
/// neither a proxy nor the environment is used.
public struct CurlMailTransport: MailTransport {
    /// Conversations at the same time; servers limit them per client, often to ten.
    public static let concurrentConversations = 4

    private let carrier: CurlTransport

    /// Starts the transport's thread, which ends with the last copy of the transport.
    ///
    /// - Parameter configuration: only its `caFile` matters to mail.
    public init(configuration: CurlConfiguration, time: any TimeSource) {
        var configuration = configuration
        configuration.maximumConcurrentTransfers = Self.concurrentConversations
        configuration.maximumConnectionsPerHost = Self.concurrentConversations
        carrier = CurlTransport(configuration: configuration, time: time)
    }

    public func send(_ mail: MailCall) async throws(MailTransportError) -> MailReceipt {
        let checked = try CheckedMail(mail, configuration: carrier.configuration)
        let result = await carrier.carry(within: mail.limits.total) { deadline, continuation in
            MailPlan(mail: checked, deadline: deadline, continuation: continuation)
        }
        return try result.get()
    }

    /// Fails everything outstanding with `transportUnavailable` and ends the thread.
    public func shutdown() async { await carrier.shutdown() }
}
