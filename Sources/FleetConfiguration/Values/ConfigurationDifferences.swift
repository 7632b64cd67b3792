// What a reload (SIGHUP) can and cannot change. Sockets, the store and the identity of a tenant are taken at the start;
// restarts are cheap, so changing them in flight is not worth its faults.

import FleetCore

extension Configuration {
    /// The keys whose change only a restart takes up, in the order of the contract; empty when a reload does it all.
    public func restartOnlyDifferences(to new: Configuration) -> [String] {
        var keys: [String] = []
        let before = Dictionary(tenants.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        let after = Dictionary(new.tenants.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        for name in Set(before.keys).union(after.keys).sorted() {
            guard let old = before[name], let new = after[name] else {
                keys.append("tenants[\(name)]")
                continue
            }
            keys += Self.differences([
                ("tenant_id", old.tenantID == new.tenantID), ("client_id", old.clientID == new.clientID),
                ("cloud", old.cloud == new.cloud), ("credential", old.credential.isSame(as: new.credential)),
                ("endpoints", old.endpoints.isSame(as: new.endpoints)),
            ]).map { "tenants[\(name)].\($0)" }
        }
        var retention = store
        retention.path = new.store.path
        let isSameRetention = retention == new.store
        keys += Self.differences([
            ("store.path", store.path == new.store.path), ("store.retention", isSameRetention),
            ("api.listen", api.listen == new.api.listen),
            ("api.socket", api.socket == new.api.socket),
            ("api.tokens_file", api.tokensFile?.name == new.api.tokensFile?.name),
            ("api.external_url", api.externalURL == new.api.externalURL),
            ("api.behind_proxy", api.behindProxy == new.api.behindProxy), ("http.proxy", http.proxy == new.http.proxy),
            ("http.ca_file", http.caFile?.name == new.http.caFile?.name), ("log", log == new.log),
            ("runbook_url", runbookURL == new.runbookURL),
        ])
        if Set(receivers.map(\.identity)) != Set(new.receivers.map(\.identity)) { keys.append("receivers") }
        return keys
    }

    private static func differences(_ comparisons: [(key: String, isSame: Bool)]) -> [String] {
        comparisons.filter { !$0.isSame }.map(\.key)
    }
}

extension CredentialConfiguration {
    /// The key of a reference holds the place of the tenant in the file, which may change without meaning anything.
    fileprivate func isSame(as other: CredentialConfiguration) -> Bool {
        switch (self, other) {
        case (.clientSecret(let a), .clientSecret(let b)): a.name == b.name
        case (.certificate(let a, let aKey), .certificate(let b, let bKey)): a.name == b.name && aKey.name == bKey.name
        case (.federatedToken(let a), .federatedToken(let b)): a.name == b.name
        case (.managedIdentity(let a), .managedIdentity(let b)): a == b
        case (.clientSecret, _), (.certificate, _), (.federatedToken, _), (.managedIdentity, _): false
        }
    }
}

extension EndpointConfiguration {
    fileprivate func isSame(as other: EndpointConfiguration) -> Bool {
        login == other.login && graph == other.graph && identity == other.identity
            && caFile?.name == other.caFile?.name
    }
}

extension ReceiverConfiguration {
    /// What a channel is made of, wherever it stands in the file.
    fileprivate var identity: [String] {
        switch channel {
        case .webhook(let url, let secret): [name.text, "webhook", url, secret.name]
        case .pagerDuty(let url, let key): [name.text, "pagerduty", url, key.name]
        case .alertmanager(let urls): [name.text, "alertmanager"] + urls
        case .teams(let url): [name.text, "teams", url.name]
        case .slack(let url): [name.text, "slack", url.name]
        case .email(let email):
            [
                name.text, "email", email.host, String(email.port), email.security.rawValue, email.user ?? "",
                email.password?.name ?? "", email.from,
            ] + email.to
        }
    }
}
