// Whether the hosts that matter can be reached from here, and if not, which part of the way is closed: the name, the
// port, the proxy or the certificate.

import FleetAPI
import FleetCore
public import HTTPExchange

/// How one host was reached.
public struct ConnectionFacts: Sendable {
    /// What does not work without it.
    public enum Importance: Sendable, Hashable {
        /// Watching or telling stops.
        case vital
        case lesser
    }

    public var tenant: String?
    /// `login service`, `Microsoft Graph`, `receiver oncall`.
    public var role: String
    /// `graph.microsoft.com`, with the port where it is not the usual one.
    public var host: String
    /// `https` or `http`
    public var scheme: String
    public var importance: Importance
    /// Whether a proxy stands between; its host and port, without credentials.
    public var proxy: String?
    /// Whether certificates are checked against a file instead of the system's.
    public var usesOwnCertificates: Bool
    public var refusal: ConnectionRefusal?

    public init(
        tenant: String? = nil, role: String, host: String, scheme: String = "https", importance: Importance = .vital,
        proxy: String? = nil,
        usesOwnCertificates: Bool = false, refusal: ConnectionRefusal?
    ) {
        self.tenant = tenant
        self.role = role
        self.host = host
        self.scheme = scheme
        self.importance = importance
        self.proxy = proxy
        self.usesOwnCertificates = usesOwnCertificates
        self.refusal = refusal
    }

    public func judged() -> [CheckBody] {
        guard let refusal else {
            let way = proxy.map { " through the proxy \($0)" } ?? ""
            return [
                CheckBody(
                    "network.reach", area: .network, tenant: tenant, subject: host, .ok,
                    "\(host) (\(role)) is reached\(way).")
            ]
        }
        let (what, remedy) = words(refusal)
        return [
            CheckBody(
                "network.reach", area: .network, tenant: tenant, subject: host,
                importance == .vital ? .problem : .warning, "\(host) (\(role)) is not reached: \(what)",
                remedy: remedy)
        ]
    }

    private func words(_ refusal: ConnectionRefusal) -> (what: String, remedy: String) {
        let hasPort = host.lastIndex(of: ":").map { Int(host[host.index(after: $0)...]) != nil } ?? false
        let name = hasPort ? String(host[..<(host.lastIndex(of: ":") ?? host.endIndex)]) : host
        let error = refusal.error
        switch error.kind {
        case .nameNotResolved:
            return (
                "its name cannot be resolved.",
                "Check the spelling, `resolvectl query \(name)` and /etc/resolv.conf"
                    + (proxy == nil ? "; where only a proxy resolves names, set http.proxy." : ".")
            )
        case .connectRefused:
            return (
                "nobody accepts connections there, or a firewall refuses them.",
                "Try `curl -v \(scheme)://\(host)/` on this machine; open the firewall for it, or set http.proxy."
            )
        case .connectTimedOut, .totalTimedOut, .stalled:
            return (
                "no connection comes about in time, as behind a firewall that drops packets.",
                "Open the firewall for \(host), or set http.proxy where a proxy is the way out."
            )
        case .tlsRefused:
            let issuer = refusal.issuer.map { " It was issued by \($0)." } ?? ""
            let look =
                "`openssl s_client -connect \(hasPort ? host : host + ":443") -servername \(name) </dev/null` shows the certificate"
            let key = "http.ca_file (for Graph alone endpoints.ca_file)"
            return (
                "its certificate is not trusted (\(error.detail)).\(issuer)",
                usesOwnCertificates
                    ? "Only the certificates of the configured ca_file are trusted; add the issuer to that file or remove "
                        + "the key. \(look)."
                    : "Where the issuer is your own company, a proxy opens TLS: put its CA certificate into a file and "
                        + "name it with \(key). Otherwise somebody is in between. \(look)."
            )
        case .proxyRefused:
            return (
                "the proxy \(proxy ?? "") did not let it through (\(error.detail)).",
                "Check http.proxy, and that the proxy allows \(host); tokens and pages go through it."
            )
        case .malformedURL:
            return ("its address is none (\(error.detail)).", "Correct the URL in the configuration.")
        case .brokenConnection, .responseTooLarge, .cancelled, .transportUnavailable:
            return ("\(error.detail).", "Ask again; if it stays, look at the daemon's log.")
        }
    }
}

/// What lies between this machine and the others.
public struct OutboundFacts: Sendable {
    /// Host and port of the proxy that is used.
    public var proxy: String?
    /// Names of variables of the environment that ask for a proxy and are not followed.
    public var ignoredVariables: [String]
    /// Path of the certificates that are trusted instead of the system's.
    public var caFile: String?

    public init(proxy: String?, ignoredVariables: [String], caFile: String?) {
        self.proxy = proxy
        self.ignoredVariables = ignoredVariables
        self.caFile = caFile
    }

    public func judged() -> [CheckBody] {
        let trust = caFile.map { " Only the certificates in \($0) are trusted." } ?? ""
        if let proxy {
            return [
                CheckBody(
                    "network.proxy", area: .network, subject: proxy, .ok,
                    "Everything but mail leaves through the proxy \(proxy).\(trust)")
            ]
        }
        guard ignoredVariables.isEmpty else {
            return [
                CheckBody(
                    "network.proxy", area: .network, .notice,
                    "No proxy is used, although \(ignoredVariables.joined(separator: " and ")) asks for one.\(trust)",
                    remedy: "The environment is never followed; set http.proxy where a proxy is the way out.")
            ]
        }
        return [CheckBody("network.proxy", area: .network, .ok, "No proxy is used.\(trust)")]
    }
}
